import fc from 'fast-check'
import type { EndpointConfig } from '../../../src/config/model.js'
import type { Outcome } from '../../../src/transport/transport.js'
import { DELIVERED, failed, GONE, REJECTED, Rig } from './rig.js'

export interface Answer {
  readonly afterMs: number
  readonly outcome: Outcome
}

export interface Scenario {
  readonly config: Partial<EndpointConfig>
  /** Waits between one batch and the next, in ms. */
  readonly arrivals: readonly number[]
  /** What the receiver answers, request by request; when they are used up it acknowledges at once. */
  readonly answers: readonly Answer[]
  readonly random: readonly number[]
}

export interface Run {
  readonly rig: Rig
  /** Calls that the courier asked for and that moved nothing: when they were, and when it wants the next. */
  readonly idleCalls: readonly { readonly atMs: number; readonly wakeAtMs: number }[]
  /** The most requests that were in flight at once. */
  readonly mostInFlight: number
}

/** Plays a scenario to its end: the clock jumps to the next arrival, answer or wake-up, whichever comes first. */
export function simulate({ config, arrivals, answers, random }: Scenario): Run {
  const rig = new Rig(config)
  const idleCalls: { readonly atMs: number; readonly wakeAtMs: number }[] = []
  const receiver = new Receiver(answers)
  const waits = [...arrivals]
  let arrivalMs = nextArrivalMs()
  let mostInFlight = 0

  function nextArrivalMs(): number {
    const waitMs = waits.shift()
    return waitMs === undefined ? Number.POSITIVE_INFINITY : rig.nowMs + waitMs
  }

  for (let turn = 0; ; turn++) {
    rig.random = random[turn % random.length] ?? 1
    const nextMs = Math.min(arrivalMs, receiver.nextAtMs, rig.wakeAtMs)
    if (nextMs === Number.POSITIVE_INFINITY) return { rig, idleCalls, mostInFlight }
    rig.nowMs = Math.max(rig.nowMs, nextMs)
    const deeds = rig.deeds.length
    if (nextMs === arrivalMs) {
      rig.submit()
      arrivalMs = nextArrivalMs()
    } else if (nextMs === receiver.nextAtMs) {
      receiver.answer(rig)
    } else {
      rig.pump()
      if (rig.deeds.length === deeds) idleCalls.push({ atMs: rig.nowMs, wakeAtMs: rig.wakeAtMs })
    }
    for (const { kind, batch } of rig.deeds.slice(deeds)) if (kind === 'sent') receiver.take(batch, rig.nowMs)
    mostInFlight = Math.max(mostInFlight, rig.inFlight.length)
  }
}

/** Answers each request as the scenario says, the next due first. */
class Receiver {
  private requests = 0
  private readonly pending: { readonly atMs: number; readonly batch: number; readonly outcome: Outcome }[] = []

  constructor(private readonly answers: readonly Answer[]) {}

  get nextAtMs(): number {
    return this.pending[0]?.atMs ?? Number.POSITIVE_INFINITY
  }

  take(batch: number, nowMs: number): void {
    const { afterMs, outcome } = this.answers[this.requests++] ?? { afterMs: 0, outcome: DELIVERED }
    this.pending.push({ atMs: nowMs + afterMs, batch, outcome })
    this.pending.sort((a, b) => a.atMs - b.atMs)
  }

  answer(rig: Rig): void {
    const next = this.pending.shift()
    if (next !== undefined) rig.answer(next.outcome, next.batch)
  }
}

const outcome = fc.oneof(
  { weight: 5, arbitrary: fc.constant(DELIVERED) },
  { weight: 5, arbitrary: fc.constant(failed()) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 20_000 }).map((ms) => failed(ms)) },
  { weight: 1, arbitrary: fc.constant(REJECTED) },
)
const gone = { weight: 1, arbitrary: fc.constant(GONE) }

const answer = (outcomes: fc.Arbitrary<Outcome>) =>
  fc.record({ afterMs: fc.integer({ min: 0, max: 3000 }), outcome: outcomes })

/** Endpoints of all settings with receivers of all moods. */
export function anyScenario(fixed: Partial<EndpointConfig> = {}, mayStop = false): fc.Arbitrary<Scenario> {
  const outcomes = mayStop ? fc.oneof({ weight: 30, arbitrary: outcome }, gone) : outcome
  return fc.record({
    config: fc
      .record({
        concurrency: fc.constantFrom(1, 2, 4),
        rateLimit: fc.option(
          fc.record({ requests: fc.integer({ min: 1, max: 5 }), perMs: fc.integer({ min: 1, max: 3000 }) }),
        ),
        retry: fc.record({
          enabled: fc.constantFrom(true, true, true, false),
          maxAttempts: fc.constantFrom(null, 1, 3, 10),
          maxElapsedMs: fc.constantFrom(0, 2000, 60_000),
          initialBackoffMs: fc.constantFrom(1, 100, 1000),
          maxBackoffMs: fc.constantFrom(1000, 10_000),
        }),
        circuitBreaker: fc.record({
          enabled: fc.boolean(),
          windowMs: fc.constantFrom(1000, 10_000),
          minRequests: fc.integer({ min: 1, max: 4 }),
          failureRate: fc.constantFrom(0.25, 0.5, 1),
          openMs: fc.constantFrom(500, 5000),
          maxOpenMs: fc.constantFrom(5000, 20_000),
        }),
      })
      .map((config) => ({ ...config, ...fixed })),
    arrivals: fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 20 }),
    answers: fc.array(answer(outcomes), { maxLength: 60 }),
    random: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 10 }),
  })
}
