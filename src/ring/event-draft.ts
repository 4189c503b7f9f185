/** The texts of an event on their way into the ring; what is undefined is absent. */
export interface EventTexts {
  /** Of a custom event. */
  readonly name?: string | undefined
  readonly channel?: string | undefined
  readonly event?: string | undefined
  readonly data?: string | undefined
  readonly socketId?: string | undefined
  readonly userId?: string | undefined
  /** Further members, as JSON that begins with a comma. */
  readonly extra?: string | undefined
}

/**
 * An event in the making. Hot paths use one again and again, so that an event makes no object. Fill it only when nobody else can run before
 * it is written: reading an event that a user gives may call a getter which emits another one.
 */
export class EventDraft implements EventTexts {
  /** Unix time in ms; undefined: now. */
  timeMs: number | undefined = undefined
  name: string | undefined = undefined
  channel: string | undefined = undefined
  event: string | undefined = undefined
  data: string | undefined = undefined
  socketId: string | undefined = undefined
  userId: string | undefined = undefined
  extra: string | undefined = undefined

  /** Empties it. */
  begin(): this {
    this.timeMs = undefined
    this.name = undefined
    this.channel = undefined
    this.event = undefined
    this.data = undefined
    this.socketId = undefined
    this.userId = undefined
    this.extra = undefined
    return this
  }
}
