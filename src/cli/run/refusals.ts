import type { Stats } from '../../index.js'

type Counted = Extract<keyof Stats, `refused_${string}`>

/** Why an event was refused: the name of the counter, without `refused_`. */
export type Refusal = Counted extends `refused_${infer Cause}` ? Cause : never

/** What to do with an event that was refused. */
type Remedy = 'wait-for-room' | 'look-up' | 'give-up'

const REMEDIES: Readonly<Record<Refusal, Remedy>> = {
  ring_full: 'wait-for-room',
  arena_full: 'wait-for-room',
  endpoint_full: 'wait-for-room',
  app_full: 'wait-for-room',
  shard_down: 'wait-for-room',
  queue_down: 'wait-for-room',
  app_loading: 'look-up',
  too_large: 'give-up',
  unknown_app: 'give-up',
  disabled: 'give-up',
  closed: 'give-up',
  invalid: 'give-up',
}

const CAUSES = Object.keys(REMEDIES) as Refusal[]

export function remedyFor(cause: Refusal): Remedy {
  return REMEDIES[cause]
}

/**
 * Finds out why `emit` has returned false, by the counter that went up. Only right while all events of the process are emitted by one
 * caller that asks after each refusal.
 */
export class RefusalReader {
  #before: Pick<Stats, Counted>
  readonly #stats: () => Pick<Stats, Counted>

  constructor(stats: () => Pick<Stats, Counted>) {
    this.#stats = stats
    this.#before = stats()
  }

  /** The cause of the refusal that has just happened. */
  read(): Refusal {
    const before = this.#before
    const now = this.#stats()
    this.#before = now
    const cause = CAUSES.find((name) => now[`refused_${name}`] > before[`refused_${name}`])
    if (cause === undefined) throw new Error('an event was refused, and no counter says why')
    return cause
  }
}
