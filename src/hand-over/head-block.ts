import { DELIVERY_ID_WORDS } from '../arena/layout.js'
import type { JobHead, JobTarget } from '../queue/job.js'
import { numberOf, unixMs } from '../time/clocks.js'

const WORD_BYTES = Float64Array.BYTES_PER_ELEMENT
const JOB_ID_BYTES = DELIVERY_ID_WORDS * Int32Array.BYTES_PER_ELEMENT

/** Where the parts of a head are, in words of 64 bits: numbers as floats, and its id. */
const At = {
  life: 0,
  seq: 1,
  attempts: 2,
  status: 3,
  spentMs: 4,
  nextAt: 5,
  events: 6,
  firstEventAt: 7,
  sealedAt: 8,
  bodyBytes: 9,
  id: 10,
  end: 10 + JOB_ID_BYTES / WORD_BYTES,
} as const

/** Heads of one endpoint's jobs as they go from thread to thread: as objects they would take most of the time of a parked job's way back. */
export type HeadBlock = ArrayBuffer

export function encodeHeads(heads: readonly JobHead[]): HeadBlock {
  const words = new Float64Array(heads.length * At.end)
  const bytes = new Uint8Array(words.buffer)
  let at = 0
  for (const head of heads) {
    words[at + At.life] = head.life
    words[at + At.seq] = head.seq
    words[at + At.attempts] = head.attempts
    words[at + At.status] = head.status
    words[at + At.spentMs] = head.spentMs
    words[at + At.nextAt] = head.nextAt
    words[at + At.events] = head.events
    words[at + At.firstEventAt] = numberOf(head.firstEventAt)
    words[at + At.sealedAt] = numberOf(head.sealedAt)
    words[at + At.bodyBytes] = head.bodyBytes
    bytes.set(head.id, (at + At.id) * WORD_BYTES)
    at += At.end
  }
  return words.buffer
}

/** @returns the heads. Their ids are views of the block: whoever sends one on copies it */
export function decodeHeads(block: HeadBlock, target: JobTarget): readonly JobHead[] {
  const words = new Float64Array(block)
  const word = (at: number): number => words[at] ?? 0
  const heads: JobHead[] = []
  for (let at = 0; at < words.length; at += At.end) {
    heads.push({
      id: new Uint8Array(block, (at + At.id) * WORD_BYTES, JOB_ID_BYTES),
      life: word(at + At.life),
      seq: word(at + At.seq),
      target,
      events: word(at + At.events),
      attempts: word(at + At.attempts),
      status: word(at + At.status),
      spentMs: word(at + At.spentMs),
      nextAt: word(at + At.nextAt),
      firstEventAt: unixMs(word(at + At.firstEventAt)),
      sealedAt: unixMs(word(at + At.sealedAt)),
      bodyBytes: word(at + At.bodyBytes),
    })
  }
  return heads
}

/** @returns views, as `decodeHeads` does */
export function idsIn(block: HeadBlock): readonly Uint8Array[] {
  const ids: Uint8Array[] = []
  for (let at = At.id * WORD_BYTES; at < block.byteLength; at += At.end * WORD_BYTES) {
    ids.push(new Uint8Array(block, at, JOB_ID_BYTES))
  }
  return ids
}
