declare const unix: unique symbol

/**
 * Unix time in ms, as receivers and people read it: NTP, a sleep or a virtual machine's resume may set it forth or back at any time. It
 * is no number to the compiler, so that it is never compared with a monotonic time, and nothing waits for it.
 */
export interface UnixMs {
  readonly [unix]: true
}

/** What the wall clock says, read when it is needed. */
export function unixNow(): UnixMs {
  return unixMs(Date.now())
}

export function unixMs(ms: number): UnixMs {
  return ms as unknown as UnixMs
}

/** The number, to be shown or sent. */
export function numberOf(time: UnixMs): number {
  return time as unknown as number
}

/**
 * The monotonic clock of the whole process, in ms, from which threads differ by their own origins. (`performance.timeOrigin` would not
 * do: it is wall time, and that of a thread which starts after a step is on the other side of it.)
 */
const ORIGIN_MS = processClockMs() - performance.now()

/** Monotonic time in ms, with fractions, the same in all threads of the process. Only differences mean anything. */
export function monotonicNow(): number {
  return ORIGIN_MS + performance.now()
}

/** When a monotonic moment was by the wall clock, as both go now. */
export function unixOf(monotonicMs: number): UnixMs {
  return unixMs(Date.now() - monotonicNow() + monotonicMs)
}

/** When a moment of the wall clock was by the monotonic one, as both go now. */
export function monotonicOf(time: UnixMs): number {
  return monotonicNow() - (Date.now() - numberOf(time))
}

function processClockMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
