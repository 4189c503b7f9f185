import { inspect } from 'node:util'
import { EVENT_TYPES, type EventType } from '../ring/event-types.js'
import type { AppEntry } from '../router/app-entry.js'
import type { EmitterPort } from '../router/emitter.js'
import { CACHE_MISS_DATA, type EmitEvent, type EventIntake, USER_ID } from '../router/event-intake.js'
import { isCount, textOfId } from '../router/event-values.js'

/** What a client event says. */
export interface ClientEvent {
  /** The channel that it was sent on. */
  readonly channel: string
  /** Its own name, such as `client-typing`. */
  readonly event: string
  /** A string goes out as it is; anything else is serialised once. */
  readonly data?: unknown
  /** The connection that sent it. */
  readonly socket_id?: string | null | undefined
  /** Finite numbers and bigints become strings. */
  readonly user_id?: string | number | bigint | null | undefined
}

const typeNamed = (name: (typeof EVENT_TYPES)[number]): EventType => EVENT_TYPES.indexOf(name)
const CHANNEL_OCCUPIED = typeNamed('channel_occupied')
const CHANNEL_VACATED = typeNamed('channel_vacated')
const MEMBER_ADDED = typeNamed('member_added')
const MEMBER_REMOVED = typeNamed('member_removed')
const CACHE_MISS = typeNamed('cache_miss')
const SUBSCRIPTION_COUNT = typeNamed('subscription_count')

const TEXT = 'a string'

/** What a handle needs of its dispatcher. @internal */
export interface HandleParts {
  readonly find: (id: string) => AppEntry | undefined
  readonly emitter: EmitterPort
  readonly intake: EventIntake
}

/**
 * One app, as the host keeps it: cheap, and good for as long as the dispatcher.
 *
 * Every method returns true when the event was accepted (or no webhook subscribes to it) and false when it was refused: the
 * reason is counted in `stats()`, and `'drain'` follows when there is room again. None waits and none throws: a value that
 * receivers would refuse is counted as `refused_invalid`, and an `'invalid'` report says what is wrong with it.
 */
export interface AppHandle {
  /** The app's id. */
  readonly id: string
  /** Emits `channel_occupied`: the channel has its first subscriber. */
  channelOccupied(channel: string): boolean
  /** Emits `channel_vacated`: the channel has lost its last subscriber. */
  channelVacated(channel: string): boolean
  /** Emits `member_added`: a user has joined a presence channel. Finite numbers and bigints become strings. */
  memberAdded(channel: string, userId: string | number | bigint): boolean
  /** Emits `member_removed`: a user has left a presence channel. Finite numbers and bigints become strings. */
  memberRemoved(channel: string, userId: string | number | bigint): boolean
  /** Emits `client_event`: a client has sent an event on a channel. Members beside the known ones are not sent. */
  clientEvent(event: ClientEvent): boolean
  /** Emits `cache_miss`, with the data `{}`: a client has subscribed to a cache channel whose cache is empty. */
  cacheMiss(channel: string): boolean
  /** Emits `subscription_count`: the number of a channel's subscribers has changed. */
  subscriptionCount(channel: string, count: number): boolean
  /** Emits any event by its name. Members beside the known ones are sent along. */
  emit(event: EmitEvent): boolean
  /** What it is, for logs: the id, and no secret. */
  toJSON(): { readonly app: string }
}

/** A handle that finds its app in the directory, also after the app was deleted and added again. @internal */
export class EntryHandle implements AppHandle {
  readonly #parts: HandleParts
  readonly #emitter: EmitterPort
  #entry: AppEntry

  constructor(parts: HandleParts, entry: AppEntry) {
    this.#parts = parts
    this.#emitter = parts.emitter
    this.#entry = entry
  }

  get id(): string {
    return this.#entry.config.id
  }

  channelOccupied(channel: string): boolean {
    return this.#ofChannel(CHANNEL_OCCUPIED, channel, undefined, undefined)
  }

  channelVacated(channel: string): boolean {
    return this.#ofChannel(CHANNEL_VACATED, channel, undefined, undefined)
  }

  memberAdded(channel: string, userId: string | number | bigint): boolean {
    return this.#ofMember(MEMBER_ADDED, channel, userId)
  }

  memberRemoved(channel: string, userId: string | number | bigint): boolean {
    return this.#ofMember(MEMBER_REMOVED, channel, userId)
  }

  clientEvent(event: ClientEvent): boolean {
    return this.#parts.intake.clientEvent(this.#current(), event)
  }

  cacheMiss(channel: string): boolean {
    return this.#ofChannel(CACHE_MISS, channel, CACHE_MISS_DATA, undefined)
  }

  subscriptionCount(channel: string, count: number): boolean {
    if (!isCount(count)) return this.#refuse('subscription_count', 'a finite number', count)
    return this.#ofChannel(SUBSCRIPTION_COUNT, channel, undefined, `,"subscription_count":${count}`)
  }

  emit(event: EmitEvent): boolean {
    return this.#parts.intake.emit(this.#current(), event)
  }

  toJSON(): { readonly app: string } {
    return { app: this.id }
  }

  [inspect.custom](): string {
    return `AppHandle ${inspect(this.id)}`
  }

  #ofChannel(type: EventType, channel: string, data: string | undefined, extra: string | undefined): boolean {
    if (typeof channel !== 'string') return this.#refuse('channel', TEXT, channel)
    const draft = this.#emitter.draft.begin()
    draft.channel = channel
    draft.data = data
    draft.extra = extra
    return this.#emitter.emit(this.#current(), type, draft)
  }

  #ofMember(type: EventType, channel: string, userId: string | number | bigint): boolean {
    const id = textOfId(userId)
    if (typeof channel !== 'string') return this.#refuse('channel', TEXT, channel)
    if (id === undefined) return this.#refuse('user_id', USER_ID, userId)
    const draft = this.#emitter.draft.begin()
    draft.channel = channel
    draft.userId = id
    return this.#emitter.emit(this.#current(), type, draft)
  }

  #refuse(field: string, expected: string, got: unknown): false {
    return this.#parts.intake.refuse(this.#entry, field, expected, got)
  }

  /** An app that was deleted and added again is another entry under the same id. */
  #current(): AppEntry {
    if (this.#entry.refusal === 'refused_unknown_app') this.#entry = this.#parts.find(this.id) ?? this.#entry
    return this.#entry
  }
}
