import type { UnixMs } from '../time/clocks.js'

/** Bytes of a job's id: a delivery id (UUID, 16 bytes), and which part of that delivery it is (two 32-bit words). See `part-id.ts`. */
export const JOB_ID_BYTES = 24

/** The endpoint that a job is for. Stores keep both ids as text and nothing else of the configuration: no secret, no header. */
export interface JobTarget {
  readonly app: string
  readonly endpoint: string
}

/** How far the delivery of a job has come. */
export interface JobState {
  readonly attempts: number
  /** The receiver's last status, or 0 for none. */
  readonly status: number
  /** Running time since the first attempt, in ms. Time without a running process does not count. */
  readonly spentMs: number
  /** No attempt is due before this, Unix ms, or 0. */
  readonly nextAt: number
}

/** For how long an endpoint is to be left alone, whoever delivers to it. */
export interface Pause {
  /** Nothing is to be sent before this, Unix ms: `Retry-After`, or an open circuit. */
  readonly untilMs: number
  /** When its rate limit allows as many requests at once as ever, Unix ms. */
  readonly refilledMs: number
}

/** A sealed batch for one endpoint, without its body. */
export interface JobHead extends JobState {
  /** `JOB_ID_BYTES` bytes. The same for life, through restarts and replays. */
  readonly id: Uint8Array
  /** Rises by one with each replay. */
  readonly life: number
  /** The order of an endpoint's jobs: a whole number below 2^53, higher for later jobs, in later runs too. The parts of a batch share its. */
  readonly seq: number
  readonly target: JobTarget
  readonly events: number
  readonly firstEventAt: UnixMs
  readonly sealedAt: UnixMs
  readonly bodyBytes: number
}

/** A job with its body: the very bytes that are signed and sent. Views may lie in shared memory; whoever gets one copies what it keeps. */
export interface Job {
  readonly head: JobHead
  readonly body: Uint8Array
}
