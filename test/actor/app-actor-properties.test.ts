import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Departure } from '../../src/departure.js'
import { anyText } from '../support/unicode.js'
import { ActorRig, type Emitted } from './support/rig.js'
import type { Told } from './support/told.js'

const test = suite('app actor, whatever comes')

const MAX_EVENTS = 5
const MAX_BYTES = 2000

type Action =
  | { readonly kind: 'emit'; readonly events: readonly Emitted[] }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'departure'; readonly departure: Departure }
  | { readonly kind: 'deliver' | 'flush' | 'die' | 'fill' }

const name = fc.constantFrom('client_event', 'cache_miss', 'invoice_paid')
const data = fc.oneof(
  anyText(20),
  fc.integer({ min: 0, max: 250 }).map((length) => '"'.repeat(length)),
)
const anyEvent: fc.Arbitrary<Emitted> = fc.record({ name, channel: fc.constantFrom('a', 'b'), data })

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('emit' as const), events: fc.array(anyEvent, { maxLength: 8 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(120) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('departure' as const),
      departure: fc.constantFrom('now' as const, 'soon' as const, 'late' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('deliver', 'flush', 'die', 'fill' as const) }) },
) as fc.Arbitrary<Action>

const ENDPOINTS = [
  { eventTypes: ['client_event', 'cache_miss', 'invoice_paid'] },
  { eventTypes: ['client_event'] },
  { eventTypes: ['invoice_paid', 'cache_miss'] },
]

function play(actions: readonly Action[]): {
  readonly rig: ActorRig
  readonly emitted: readonly Emitted[]
  readonly bodies: readonly string[]
} {
  let rig = new ActorRig({ endpoints: ENDPOINTS, maxEvents: MAX_EVENTS, maxBytes: MAX_BYTES })
  const emitted: Emitted[] = []
  const bodies: string[] = []
  const seal = () => {
    bodies.push(...ENDPOINTS.flatMap((_, endpoint) => rig.bodies(endpoint)))
    rig.deliver()
  }
  let giveBack: (() => void) | null = null
  for (const step of actions) {
    switch (step.kind) {
      case 'emit':
        emitted.push(...step.events)
        rig.emit(...step.events)
        break
      case 'pass':
        rig.pass(step.ms)
        break
      case 'departure':
        rig.departure = step.departure
        for (const endpoint of ENDPOINTS.keys()) rig.receive({ kind: 'settled', endpoint })
        break
      case 'deliver':
        seal()
        break
      case 'flush':
        rig.receive({ kind: 'flush' })
        break
      case 'die':
        giveBack?.()
        giveBack = null
        rig = rig.takeOver()
        break
      case 'fill':
        giveBack ??= rig.fillArena()
    }
  }
  giveBack?.()
  rig.drain()
  rig.receive({ kind: 'flush' })
  seal()
  return { rig, emitted, bodies }
}

const tuple = (event: Told | Emitted) =>
  [event.name, event.channel, event.data].map((text) => (typeof text === 'string' ? text.toWellFormed() : text))

const wanted = (endpoint: number, events: readonly Emitted[]) =>
  events.filter((candidate) => ENDPOINTS[endpoint]?.eventTypes.includes(candidate.name))

test('the batches of an endpoint, one after the other, are its events in order', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
      const { rig, emitted } = play(actions)
      for (const endpoint of ENDPOINTS.keys()) {
        assert.equal(rig.told(endpoint).map(tuple), wanted(endpoint, emitted).map(tuple))
      }
    }),
    { numRuns: 150 },
  )
})

test('no batch is empty, has more events than it may or is larger than it may be', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
      for (const body of play(actions).bodies) {
        const { length } = (JSON.parse(body) as { events: unknown[] }).events
        assert.ok(length > 0 && length <= MAX_EVENTS && Buffer.byteLength(body) <= MAX_BYTES)
      }
    }),
    { numRuns: 150 },
  )
})

test('nothing of the arena is kept when everything has left', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
      assert.is(play(actions).rig.batches.allocator.usedBytes, 0)
    }),
    { numRuns: 100 },
  )
})

test.run()
