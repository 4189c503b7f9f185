import { StoreDownError } from '../queue/errors.js'
import { givenUpText, retryInTime } from '../time/retry-in-time.js'

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
  return retryInTime(open, {
    ...{ withinMs, firstPauseMs: FIRST_PAUSE_MS, longestPauseMs: LONGEST_PAUSE_MS, now, sleep },
    mayPass: (error): error is StoreDownError => error instanceof StoreDownError && withinMs > 0,
    failed: (error, tries) => {
      if (tries === 1) failed(error)
    },
    givenUp: (cause, tries, ms) => new StoreDownError(`${cause.message} ${givenUpText(tries, ms)}`, { cause }),
  })
}
