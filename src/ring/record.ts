/**
 * The records of a ring.
 *
 * Every record starts with its size in bytes and its kind. An event carries the raw bytes of its fields, one after the
 * other, and their lengths; the worker makes the JSON. A record never wraps: when it does not fit before the end of the
 * data, a padding record fills the rest.
 */

export const RecordKind = {
  /** Nothing: fills the end of the data area. */
  Padding: 0,
  Event: 1,
  /** Gives a control call its place among the events. */
  Marker: 2,
} as const

/** Words of a record, counted from its first. */
export const Word = {
  Size: 0,
  /** Kind in bits 0–7; for events the event type in bits 8–15 and the `Field` bits in 16–31. */
  Kind: 1,
  /** Events: the app's index. Markers: the marker's number. */
  Subject: 2,
  /** Free-running number of the event in this ring, modulo 2³². */
  Sequence: 3,
  /** A double: Unix time in ms when the event was emitted. Words 4 and 5. */
  Time: 4,
  /** Byte lengths: low 16 bits, high 16 bits. */
  NameAndChannel: 6,
  EventAndSocketId: 7,
  UserId: 8,
  Data: 9,
  Extra: 10,
} as const

export const EVENT_HEADER_BYTES = 48
export const MARKER_BYTES = 16

/** Longest `name`, `channel`, `event`, `socket_id` or `user_id`, in bytes: what 16 bits can say. */
export const MAX_SHORT_FIELD_BYTES = 0xffff

/** Which fields an event has: an absent field is left out of the JSON, an empty one is not. */
export const Field = {
  Name: 1 << 16,
  Channel: 1 << 17,
  Event: 1 << 18,
  Data: 1 << 19,
  SocketId: 1 << 20,
  UserId: 1 << 21,
  Extra: 1 << 22,
  /** The host has given the time: it is not when the event was emitted. */
  GivenTime: 1 << 23,
} as const
