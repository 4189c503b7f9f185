import { StoreDownError, StoreFullError } from '../errors.js'
import { type Draft, isTooLarge } from './drafts.js'
import { callsOf, roundsOf } from './packing.js'
import { type Outcomes, SqsFailure, type SqsFailureKind, type SqsPort } from './port.js'

/** How often a message is sent again that failed like this, before the store counts as down. */
const RETRIES: Readonly<Record<SqsFailureKind, number>> = {
  throttled: 6,
  unavailable: 1,
  credentials: 0,
  'no-queue': 0,
  'stale-handle': 0,
  'refused-message': 0,
}

export interface SenderHost {
  /** A call has failed, or a message of it. */
  failed(failure: SqsFailure): void
  /** Resolves when another try may be made. @param tries how many there were */
  pause(tries: number): Promise<void>
}

/**
 * Sends messages in as few calls as they fit into, and again what was refused for a while. What was sent when a group fails is not sent
 * again with the same group.
 */
export class Sender {
  readonly #port: SqsPort
  readonly #isFifo: boolean
  readonly #callsAtOnce: number
  readonly #host: SenderHost
  /** Of the group that failed last. */
  readonly #sent = new Set<string>()

  constructor(port: SqsPort, isFifo: boolean, callsAtOnce: number, host: SenderHost) {
    this.#port = port
    this.#isFifo = isFifo
    this.#callsAtOnce = callsAtOnce
    this.#host = host
  }

  /** @throws StoreFullError when SQS does not take one of them, after it took the others; StoreDownError */
  async send(url: string, drafts: readonly Draft[]): Promise<void> {
    const fresh = drafts.filter(({ deduplicationId }) => !this.#sent.has(deduplicationId))
    const rounds = this.#isFifo ? roundsOf(fresh) : [fresh]
    let refusal: string | null = null
    for (const round of rounds) refusal = (await this.#sendRound(url, round)) ?? refusal
    if (refusal !== null) throw new StoreFullError(`SQS does not take a batch: ${refusal}`)
    this.#sent.clear()
  }

  /** @returns why one of them is not taken; null: all are */
  async #sendRound(url: string, round: readonly Draft[]): Promise<string | null> {
    const tooLarge = round.find(isTooLarge)
    let refusal = tooLarge === undefined ? null : `it would be a message of ${tooLarge.bytes} bytes`
    let rest: readonly Draft[] = round.filter((draft) => !isTooLarge(draft))
    for (let tries = 1; rest.length > 0; tries++) {
      const failed = await this.#try(url, rest)
      const isBusy = failed.some(({ failure }) => failure.kind !== 'refused-message')
      const again = failed.map((each) => ({ ...each, next: nextOf(each, tries) }))
      refusal = again.find(({ next }) => next === null)?.failure.message ?? refusal
      rest = again.flatMap(({ next }) => next ?? [])
      if (isBusy) await this.#host.pause(tries)
    }
    return refusal
  }

  async #try(url: string, drafts: readonly Draft[]): Promise<readonly FailedDraft[]> {
    const calls = [...callsOf(drafts)]
    const failed: FailedDraft[] = []
    for (let at = 0; at < calls.length; at += this.#callsAtOnce) {
      const together = calls.slice(at, at + this.#callsAtOnce)
      failed.push(...(await Promise.all(together.map((call) => this.#call(url, call)))).flat())
    }
    return failed
  }

  async #call(url: string, call: readonly Draft[]): Promise<readonly FailedDraft[]> {
    const outcomes = await this.#outcomes(url, call)
    return call.flatMap((draft, index) => {
      const failure = outcomes[index]
      if (failure == null) {
        this.#sent.add(draft.deduplicationId)
        return []
      }
      this.#host.failed(failure)
      return [{ draft, failure }]
    })
  }

  async #outcomes(url: string, call: readonly Draft[]): Promise<Outcomes> {
    try {
      return await this.#port.send(url, call)
    } catch (error) {
      if (!(error instanceof SqsFailure)) throw error
      // A call is refused for one of its messages: each is sent alone.
      if (error.kind !== 'refused-message' || call.length === 1) return call.map(() => error)
      return (await Promise.all(call.map((draft) => this.#outcomes(url, [draft])))).flat()
    }
  }
}

interface FailedDraft {
  readonly draft: Draft
  readonly failure: SqsFailure
}

/** What is sent after this failed; null: SQS takes it in no form. @throws StoreDownError when it failed too often */
function nextOf({ draft, failure }: FailedDraft, tries: number): Draft | null {
  if (failure.kind === 'refused-message') return draft.asBase64?.() ?? null
  if (tries > RETRIES[failure.kind]) throw new StoreDownError(failure.message, { cause: failure })
  return draft
}
