export interface RetryInTime<Failure> {
  /** For how long it may be tried, in ms. */
  readonly withinMs: number
  /** Between tries, in ms: doubled from the first on, up to the longest. */
  readonly firstPauseMs: number
  readonly longestPauseMs: number
  /** Monotonic, in ms. */
  now(): number
  sleep(ms: number): Promise<unknown>
  /** Whether trying again may help. */
  mayPass(error: unknown): error is Failure
  /** It has failed so often, and is tried again. */
  failed?(error: Failure, tries: number): void
  /** @returns what is thrown when the time is over */
  givenUp(error: Failure, tries: number, passedMs: number): Error
}

/** Tries something again and again while waiting may help. @throws what it throws when it does not, or what `givenUp` says */
export async function retryInTime<Result, Failure>(
  work: () => Promise<Result>,
  { withinMs, firstPauseMs, longestPauseMs, ...host }: RetryInTime<Failure>,
): Promise<Result> {
  const startMs = host.now()
  let pauseMs = firstPauseMs
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      const passedMs = host.now() - startMs
      if (!host.mayPass(error)) throw error
      if (passedMs >= withinMs) throw host.givenUp(error, tries, passedMs)
      host.failed?.(error, tries)
      await host.sleep(Math.min(pauseMs, withinMs - passedMs))
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    }
  }
}

/** What an error says at its end when it was given up. */
export function givenUpText(tries: number, passedMs: number): string {
  return `(given up after ${tries} attempts within ${(passedMs / 1000).toFixed(1)} s)`
}
