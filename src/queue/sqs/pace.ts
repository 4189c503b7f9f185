const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 2000

/** The pause before another try: it doubles, and is drawn from the whole of it. @param random 0 to 1 */
export function pauseMs(tries: number, random: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS) * random
}

/** Waits, but not past the end of what the signal stands for. */
export function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}
