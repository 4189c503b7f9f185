import type { ArenaMemory } from './arena-memory.js'

/** What surrounds the events in a body. */
export interface BodyFormat {
  readonly prefix: Buffer
  readonly suffix: Buffer
  /** Where in the prefix the 13 digits of the sealing time stand; -1: nowhere. */
  readonly timeAt: number
}

const DIGITS = 13
const ZERO = 0x30

/** `{"time_ms":T,"events":[E,…]}`, as Pusher's own libraries require it. */
export const ENVELOPE: BodyFormat = {
  prefix: Buffer.from(`{"time_ms":${'0'.repeat(DIGITS)},"events":[`),
  suffix: Buffer.from(']}'),
  timeAt: '{"time_ms":'.length,
}

/** The event object alone: only for batches of one event. */
export const BARE: BodyFormat = { prefix: Buffer.alloc(0), suffix: Buffer.alloc(0), timeAt: -1 }

/** Writes Unix time in ms as 13 digits, which it has from 2001 to 2286. */
export function writeTime(bytes: Uint8Array, at: number, timeMs: number): void {
  let rest = timeMs
  for (let index = at + DIGITS - 1; index >= at; index--) {
    const tens = Math.floor(rest / 10)
    bytes[index] = ZERO + (rest - tens * 10)
    rest = tens
  }
}

/** Copies the prefix to the start of a body. @returns its length */
export function writePrefix(memory: ArenaMemory, bodyAt: number, format: BodyFormat): number {
  memory.bytes.set(format.prefix, bodyAt)
  return format.prefix.length
}
