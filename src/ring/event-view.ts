import type { AppIndex, Sequence } from '../indexes.js'
import { CUSTOM, EVENT_TYPES, type EventType } from './event-types.js'
import { EVENT_HEADER_BYTES, Word } from './record.js'

/**
 * Reads one event record in place. One instance is pointed at record after record, so that reading allocates nothing but
 * the strings that somebody asks for. Valid until the record is given back.
 */
export class EventView {
  type: EventType = CUSTOM
  /** `Field` bits. */
  fields = 0
  app: AppIndex = 0
  sequence: Sequence = 0
  /** Unix time in ms, for receivers. */
  timeMs = 0
  /** When it was emitted, by the clock of whoever reads it, who sets this. */
  emittedAtMs = 0
  /** Size of the record, in bytes. */
  size = 0
  /** Byte offset of each field in `bytes`. */
  nameAt = 0
  channelAt = 0
  eventAt = 0
  socketIdAt = 0
  userIdAt = 0
  dataAt = 0
  extraAt = 0
  /** Byte offset behind the last field. */
  end = 0
  /** The same bytes, for reading several at once. */
  readonly view: DataView
  private channelText: string | null = null

  constructor(
    readonly bytes: Buffer,
    private readonly words: Uint32Array,
    private readonly doubles: Float64Array,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** Points at the event record at byte `offset`. */
  read(offset: number): this {
    const { words } = this
    const word = offset >>> 2
    const kind = words[word + Word.Kind] ?? 0
    const nameAndChannel = words[word + Word.NameAndChannel] ?? 0
    const eventAndSocketId = words[word + Word.EventAndSocketId] ?? 0
    this.type = (kind >>> 8) & 0xff
    this.fields = kind & 0xffff0000
    this.size = words[word + Word.Size] ?? 0
    this.app = words[word + Word.Subject] ?? 0
    this.sequence = words[word + Word.Sequence] ?? 0
    this.timeMs = this.doubles[(offset >>> 3) + (Word.Time >>> 1)] ?? 0
    this.nameAt = offset + EVENT_HEADER_BYTES
    this.channelAt = this.nameAt + (nameAndChannel & 0xffff)
    this.eventAt = this.channelAt + (nameAndChannel >>> 16)
    this.socketIdAt = this.eventAt + (eventAndSocketId & 0xffff)
    this.userIdAt = this.socketIdAt + (eventAndSocketId >>> 16)
    this.dataAt = this.userIdAt + (words[word + Word.UserId] ?? 0)
    this.extraAt = this.dataAt + (words[word + Word.Data] ?? 0)
    this.end = this.extraAt + (words[word + Word.Extra] ?? 0)
    this.channelText = null
    return this
  }

  has(field: number): boolean {
    return (this.fields & field) !== 0
  }

  /** The event's name, as webhooks subscribe to it. */
  get name(): string {
    return this.type === CUSTOM ? this.text(this.nameAt, this.channelAt) : (EVENT_TYPES[this.type] ?? '')
  }

  /** The channel; '' when the event has none. */
  get channel(): string {
    this.channelText ??= this.text(this.channelAt, this.eventAt)
    return this.channelText
  }

  get userId(): string {
    return this.text(this.userIdAt, this.dataAt)
  }

  private text(from: number, to: number): string {
    return this.bytes.toString('utf8', from, to)
  }
}
