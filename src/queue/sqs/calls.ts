import { StoreDownError } from '../errors.js'
import { tens } from './packing.js'
import { type Hiding, type Outcomes, SqsFailure, type SqsFailureKind, type SqsPort } from './port.js'

/** Calls that are on their way together. */
const CALLS_AT_ONCE = 8

/** How often deleting and hiding are tried again. */
const RETRIES: Readonly<Partial<Record<SqsFailureKind, number>>> = { throttled: 4, unavailable: 1 }

export interface CallsHost {
  failed(failure: SqsFailure): void
  pause(tries: number): Promise<void>
}

/** What is to be done to a message that was received. */
interface Doing<Item> {
  readonly item: Item
  /** What is known of it: null where it is done. */
  outcome: SqsFailure | null
}

/** Deletes and hides messages, ten at a time, and tries again what SQS has no time for. */
export class Calls {
  readonly #port: SqsPort
  readonly #host: CallsHost

  constructor(port: SqsPort, host: CallsHost) {
    this.#port = port
    this.#host = host
  }

  /** A message that is somebody else's by now, or gone, counts as deleted: it is not here that it is decided about. @throws StoreDownError */
  async remove(url: string, handles: readonly string[]): Promise<void> {
    const outcomes = await this.#each(handles, (some) => this.#port.remove(url, some))
    const failed = outcomes.find((outcome) => outcome !== null && outcome.kind !== 'stale-handle')
    if (failed != null) throw new StoreDownError(failed.message, { cause: failed })
  }

  /** @returns what has become of each */
  async hide(url: string, hidings: readonly Hiding[]): Promise<Outcomes> {
    return this.#each(hidings, (some) => this.#port.hide(url, some))
  }

  async #each<Item>(items: readonly Item[], call: (some: readonly Item[]) => Promise<Outcomes>): Promise<Outcomes> {
    const doings = items.map((item): Doing<Item> => ({ item, outcome: null }))
    let open = doings
    for (let tries = 1; open.length > 0; tries++) {
      const calls = [...tens(open)]
      for (let at = 0; at < calls.length; at += CALLS_AT_ONCE) {
        await Promise.all(calls.slice(at, at + CALLS_AT_ONCE).map((some) => this.#call(some, call)))
      }
      open = open.filter(({ outcome }) => outcome !== null && tries <= (RETRIES[outcome.kind] ?? 0))
      if (open.length > 0) await this.#host.pause(tries)
    }
    return doings.map(({ outcome }) => outcome)
  }

  async #call<Item>(some: readonly Doing<Item>[], call: (some: readonly Item[]) => Promise<Outcomes>): Promise<void> {
    const outcomes = await call(some.map(({ item }) => item)).catch((error: unknown) => {
      if (!(error instanceof SqsFailure)) throw error
      return some.map(() => error)
    })
    for (const [index, doing] of some.entries()) {
      doing.outcome = outcomes[index] ?? null
      if (doing.outcome !== null) this.#host.failed(doing.outcome)
    }
  }
}
