/** The records that two threads pass each other, as a function of their number: both sides know what must come. */

const TEXTS = [
  '',
  'a',
  'presence-room',
  'é€😀',
  '{"x":"1"}'.repeat(9),
  'x'.repeat(300),
  '\ufffd lone',
  'ünï'.repeat(40),
]

export const RECORDS = 10_000_000
/** Every so many records a marker. */
export const MARKER_EVERY = 1000
/** Every so many records are published, the last ones at the end. */
export const PUBLISH_EVERY = 7
/** Every so many records the producer waits until the consumer is at rest. */
export const PAUSE_EVERY = 50_000

/** Longer than any thread is kept from running. */
const TIMEOUT_MS = 20_000

/** What the threads have in common. */
export interface Shared {
  readonly ring: SharedArrayBuffer
  readonly signals: Int32Array
}

/** Indexes of `Shared.signals`: they stand for the messages that a shard and its host post to each other. */
export const Signal = { Doorbell: 0, Drain: 1 } as const

export function send(signals: Int32Array, signal: number): void {
  Atomics.store(signals, signal, 1)
  Atomics.notify(signals, signal)
}

/** @throws when it does not come: it is lost */
export function waitFor(signals: Int32Array, signal: number): void {
  if (Atomics.wait(signals, signal, 0, TIMEOUT_MS) === 'timed-out') throw new Error(`signal ${signal} was lost`)
  Atomics.store(signals, signal, 0)
}

export function channelOf(record: number): string {
  return TEXTS[mix(record) & 7] ?? ''
}

export function dataOf(record: number): string {
  return TEXTS[(mix(record) >>> 3) & 7] ?? ''
}

/** A number with little likeness to `record`. */
export function mix(record: number): number {
  const spread = Math.imul(record ^ (record >>> 15), 0x2c1b3c6d)
  return (spread ^ (spread >>> 13)) >>> 0
}

/** FNV-1a of a part of `bytes`. */
export function checksum(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0x811c9dc5
  for (let index = from; index < to; index++) sum = Math.imul(sum ^ (bytes[index] ?? 0), 0x01000193)
  return sum >>> 0
}
