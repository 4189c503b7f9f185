import { Timer } from './timer.js'

/**
 * Waits for work, but no longer than `timeoutMs`.
 * @returns whether the work has settled in time
 */
export async function within(work: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: Timer | undefined
  const timeout = new Promise<false>((resolve) => {
    timer = new Timer(timeoutMs, () => resolve(false))
  })
  const settled = work.then(
    () => true,
    () => true,
  )
  const isInTime = await Promise.race([settled, timeout])
  timer?.clear()
  return isInTime
}

/**
 * Waits for work until a signal aborts.
 * @throws the signal's reason when it aborts first, else what the work throws
 */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
