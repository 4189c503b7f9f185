import type { EventName } from '../../config/event-names.js'
import { EMPTY, RingConsumer } from '../../ring/consumer.js'
import type { EventDraft } from '../../ring/event-draft.js'
import { EVENT_TYPES, type EventType } from '../../ring/event-types.js'
import { createBoard, createRing } from '../../ring/layout.js'
import type { AppEntry } from '../../router/app-entry.js'
import { Emitter, type EmitterPort } from '../../router/emitter.js'
import { Link } from '../../router/link.js'
import { createHostBlock, HOST_LAYOUT, type HostMetric } from '../../stats/layout.js'

/** An event that a test dispatcher accepted, in the form that receivers get. What was not given is left out. */
export interface RecordedEvent {
  /** The app's id. */
  readonly app: string
  /** What has happened, such as `member_added`. */
  readonly name: EventName
  /** Where it has happened. */
  readonly channel?: string
  /** The own name of a client event. */
  readonly event?: string
  /** A string always, as on the wire: what is given as something else is serialised. */
  readonly data?: string
  /** The connection that sent a client event. */
  readonly socket_id?: string
  /** A string always. */
  readonly user_id?: string
  /** Unix time in ms; only where the event was given with it, so that tests can compare whole events. */
  readonly time_ms?: number
  /** Members that `emit` was given beside these, and `subscription_count`. */
  readonly [further: string]: unknown
}

/** Takes events as production does, into a ring that nobody delivers from, and records those that it accepts. */
export class RecordingEmitter implements EmitterPort {
  readonly recorded: RecordedEvent[] = []
  readonly link: Link
  readonly #emitter: Emitter
  readonly #ring: RingConsumer
  #nextIndex = 0

  constructor(ringBytes: number, maxBytes: number) {
    const ring = createRing(ringBytes)
    this.#ring = new RingConsumer(ring)
    this.link = new Link(0, ring, createBoard(), createHostBlock(), () => undefined)
    const place = (entry: AppEntry): Link => {
      entry.link = this.link
      entry.index = this.#nextIndex++
      return this.link
    }
    this.#emitter = new Emitter({ place, refuse: (cause) => this.count(cause) }, maxBytes)
  }

  get draft(): EventDraft {
    return this.#emitter.draft
  }

  count(cause: HostMetric): void {
    this.link.count(HOST_LAYOUT.at[cause])
  }

  disable(): void {
    this.#emitter.disable()
  }

  close(): void {
    this.#emitter.close()
    this.link.close()
  }

  emit(entry: AppEntry, type: EventType, draft: EventDraft): boolean {
    const isAccepted = this.#emitter.emit(entry, type, draft)
    this.#emptyRing()
    if (!isAccepted) return false
    const { timeMs, name, channel, event, data, socketId, userId, extra } = draft
    const texts = { name: name ?? EVENT_TYPES[type], channel, event, data, socket_id: socketId, user_id: userId }
    this.recorded.push({
      ...(extra === undefined ? {} : JSON.parse(`{${extra.slice(1)}}`)),
      ...wellFormed(texts),
      ...(timeMs === undefined ? {} : { time_ms: timeMs }),
      app: entry.config.id,
    })
    return true
  }

  /** Else a test that emits much would find it full. */
  #emptyRing(): void {
    this.link.producer.publish()
    for (let offset = this.#ring.peek(); offset !== EMPTY; offset = this.#ring.peek()) this.#ring.consume(offset)
  }
}

/** What is given, as it arrives: lone surrogates have no form in UTF-8. */
function wellFormed<Names extends string>(texts: Readonly<Record<Names, string | undefined>>) {
  const given = Object.entries<string | undefined>(texts).filter(([, text]) => text !== undefined)
  return Object.fromEntries(given.map(([name, text]) => [name, text?.toWellFormed()])) as { name: string }
}
