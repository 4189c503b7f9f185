import { StoreDownError } from '../queue/errors.js'

/** Between tries, in ms: at first, and at last. */
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 1000

export interface OpenInTimeHost {
  /** Monotonic, in ms. */
  now(): number
  sleep(ms: number): Promise<unknown>
  /** It could not be opened for the first time, and is tried again. */
  failed(error: StoreDownError): void
}

/**
 * Opens a store, again and again while it is only down: a server that is started beside this process takes its time.
 * @param withinMs for how long it may be tried, in ms; 0: once
 * @throws what `open` throws
 */
export async function openInTime<Store>(
  open: () => Promise<Store>,
  withinMs: number,
  { now, sleep, failed }: OpenInTimeHost,
): Promise<Store> {
  const startMs = now()
  let pauseMs = FIRST_PAUSE_MS
  for (let tries = 1; ; tries++) {
    try {
      return await open()
    } catch (error) {
      const passedMs = now() - startMs
      if (!(error instanceof StoreDownError) || withinMs === 0) throw error
      if (passedMs >= withinMs) throw givenUp(error, tries, passedMs)
      if (tries === 1) failed(error)
      await sleep(Math.min(pauseMs, withinMs - passedMs))
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
    }
  }
}

function givenUp(cause: StoreDownError, tries: number, ms: number): StoreDownError {
  const message = `${cause.message} (given up after ${tries} attempts within ${(ms / 1000).toFixed(1)} s)`
  return new StoreDownError(message, { cause })
}
