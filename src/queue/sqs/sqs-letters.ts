import { crc32 } from 'node:zlib'
import { StoreDownError } from '../errors.js'
import type { Death, Letter, LetterQuery, LetterSelection, LetterStore } from '../job-store.js'
import type { Calls } from './calls.js'
import { decodeDeath, decodeHead } from './codec.js'
import { bodyOf } from './message-text.js'
import { Attribute, type IncomingMessage, type SqsPort } from './port.js'
import type { QueueUrls } from './queues.js'

/** Dead letters that one list looks at. */
const MOST_LOOKED_AT = 1000
/** How long they are hidden from others meanwhile, in seconds, if nothing makes them visible sooner. */
const HIDDEN_SECONDS = 30

export interface SqsLettersParts {
  readonly port: SqsPort
  readonly calls: Calls
  readonly signal: AbortSignal
  urls(): Promise<QueueUrls>
  skipped(count: number, what: string): void
}

/**
 * The dead letters in their queue. SQS gives a message only to who receives it: those that are listed are hidden from others until the
 * list is done, and stay. Nothing else is done to them from here: SQS has no way to select messages.
 */
export class SqsLetters implements LetterStore {
  readonly #parts: SqsLettersParts
  /** One list at a time: another one would not see what this one hides. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: SqsLettersParts) {
    this.#parts = parts
  }

  async list({ limit, after, ...selection }: LetterQuery): Promise<readonly Letter[]> {
    const listed = this.#last.then(() => this.#list())
    this.#last = listed.catch(() => undefined)
    const letters = (await listed).filter((letter) => isMeant(letter, selection))
    return letters.filter(({ position }) => position > (after ?? 0)).slice(0, limit)
  }

  async replay(): Promise<never> {
    throw new StoreDownError('dead letters in SQS are replayed by SQS')
  }

  /** Nothing: SQS deletes by receipt alone. Asked for by the dispatcher when parts of a letter were sent again. */
  async purge(): Promise<number> {
    return 0
  }

  /** In the order in which they were sent. */
  async #list(): Promise<readonly Letter[]> {
    const { letters: url } = await this.#parts.urls()
    const found = new Map<string, IncomingMessage>()
    try {
      await this.#receiveAll(url, found)
    } finally {
      const hidings = [...found.values()].map(({ handle }) => ({ handle, seconds: 0 }))
      if (hidings.length > 0) await this.#parts.calls.hide(url, hidings)
    }
    const letters = [...found.values()].flatMap((message) => letterOf(message) ?? [])
    if (letters.length < found.size) {
      this.#parts.skipped(
        found.size - letters.length,
        'a message among the dead letters was not written by this version of Signpost',
      )
    }
    return letters.sort((a, b) => a.position - b.position)
  }

  async #receiveAll(url: string, found: Map<string, IncomingMessage>): Promise<void> {
    const request = { mostMessages: 10, waitSeconds: 1, hiddenSeconds: HIDDEN_SECONDS, signal: this.#parts.signal }
    while (found.size < MOST_LOOKED_AT) {
      const messages = await this.#parts.port.receive(url, request)
      const fresh = messages.filter(({ id }) => !found.has(id))
      for (const message of messages) found.set(message.id, message)
      if (fresh.length === 0) return
    }
  }
}

function letterOf(message: IncomingMessage): Letter | null {
  const found = decodeHead(message.attributes.get(Attribute.Head) ?? '')
  if (found === null) return null
  const { head, isBase64 } = found
  const death = decodeDeath(message.attributes, head.life) ?? givenUpBySqs(message, found.head.life)
  const position = message.sentAt + (crc32(message.id) % 1000) / 1000
  return { head, death, body: bodyOf({ text: message.text, isBase64 }), position }
}

/** What SQS itself has moved there has no cause of ours. */
function givenUpBySqs({ receiveCount, sentAt }: IncomingMessage, life: number): Death {
  const error = 'SQS gave it up: it was received more often than the redrive policy of the queue allows'
  return { life, attempts: receiveCount, status: 0, cause: 'exhausted', error, diedAt: sentAt }
}

function isMeant({ head }: Letter, { ids, app, endpoint }: LetterSelection): boolean {
  if (ids !== undefined && !ids.some((id) => Buffer.compare(id, head.id) === 0)) return false
  return (app === undefined || head.target.app === app) && (endpoint === undefined || head.target.endpoint === endpoint)
}
