import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FlapModel } from './support/flap-model.js'
import { ActorRig, type Emitted } from './support/rig.js'
import type { Told } from './support/told.js'

const test = suite('flaps, whatever comes')

const WINDOW_MS = 100
const SETTINGS = {
  flapWindowMs: WINDOW_MS,
  endpoints: [
    { eventTypes: ['channel_occupied', 'channel_vacated', 'member_added', 'member_removed', 'client_event'] },
    { eventTypes: ['member_added', 'channel_vacated'] },
  ],
}

type Action =
  | { readonly kind: 'emit'; readonly event: Emitted }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'flush' | 'deliver' | 'die' }

const anyEvent: fc.Arbitrary<Emitted> = fc.oneof(
  fc.record({
    name: fc.constantFrom('member_removed', 'member_added'),
    channel: fc.constantFrom('a', 'b'),
    user_id: fc.constantFrom('u', 'v', 'é"'),
  }),
  fc.record({ name: fc.constantFrom('channel_vacated', 'channel_occupied'), channel: fc.constantFrom('a', 'b') }),
  fc.record({ name: fc.constant('client_event'), channel: fc.constant('a') }),
)

const anyAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: anyEvent.map((event) => ({ kind: 'emit' as const, event })) },
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 70 }).map((ms) => ({ kind: 'pass' as const, ms })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('flush', 'deliver', 'die').map((kind) => ({ kind })) as fc.Arbitrary<Action>,
  },
)

interface Played {
  readonly rig: ActorRig
  readonly model: FlapModel
}

function play(actions: readonly Action[]): Played {
  let rig = new ActorRig(SETTINGS)
  const model = new FlapModel(WINDOW_MS)
  for (const action of actions) {
    switch (action.kind) {
      case 'emit':
        rig.emit(action.event)
        model.emit(action.event, rig.nowMs)
        break
      case 'pass':
        rig.pass(action.ms)
        model.pass(rig.nowMs)
        break
      case 'flush':
        rig.receive({ kind: 'flush' })
        model.flush()
        break
      case 'deliver':
        rig.deliver()
        break
      case 'die':
        rig = rig.takeOver()
    }
  }
  return { rig, model }
}

const tuple = ({ name, channel, user_id, time_ms }: Told | Emitted) => [name, channel, user_id ?? null, time_ms]

/** Whatever happens, the endpoint is told what the model tells of its types. */
function assertToldAsModel(endpoint: number): void {
  const wanted = SETTINGS.endpoints[endpoint]?.eventTypes ?? []
  fc.assert(
    fc.property(fc.array(anyAction, { maxLength: 60 }), (actions) => {
      const { rig, model } = play(actions)
      const expected = model.told.filter(({ name }) => wanted.includes(name))
      assert.equal(rig.told(endpoint).map(tuple), expected.map(tuple))
    }),
    { numRuns: 300 },
  )
}

test('tells an endpoint of everything what the model tells, in its order', () => {
  assertToldAsModel(0)
})

test('tells an endpoint of some types the same without the others', () => {
  assertToldAsModel(1)
})

test('counts what the model counts', () => {
  fc.assert(
    fc.property(fc.array(anyAction, { maxLength: 60 }), (actions) => {
      const { rig, model } = play(actions)
      const counted = [rig.count('held_events'), rig.count('suppressed_flaps'), rig.count('flaps_not_held')]
      assert.equal(counted, [model.heldEvents, model.suppressed, 0])
    }),
    { numRuns: 200 },
  )
})

test('every event is told, suppressed or held', () => {
  fc.assert(
    fc.property(fc.array(anyAction, { maxLength: 60 }), (actions) => {
      const { rig } = play(actions)
      const emitted = actions.filter(({ kind }) => kind === 'emit').length
      assert.is(rig.told(0).length + rig.count('suppressed_flaps') + rig.count('held_events'), emitted)
    }),
    { numRuns: 200 },
  )
})

test('asks for a release no later than the first held leave is due', () => {
  fc.assert(
    fc.property(fc.array(anyAction, { maxLength: 40 }), (actions) => {
      const { rig } = play(actions)
      assert.ok(rig.count('held_events') === 0 || rig.releases.nextAtMs <= rig.nowMs + WINDOW_MS)
    }),
  )
})

test('gives all memory back', () => {
  fc.assert(
    fc.property(fc.array(anyAction, { maxLength: 60 }), (actions) => {
      const { rig } = play(actions)
      rig.receive({ kind: 'flush' })
      rig.deliver()
      assert.is(rig.batches.allocator.usedBytes, 0)
    }),
  )
})

test.run()
