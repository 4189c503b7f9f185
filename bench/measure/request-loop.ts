import { createHmac, createSecretKey } from 'node:crypto'
import { type Dispatcher, Pool } from 'undici'

export interface RequestLoopOptions {
  readonly url: string
  readonly body: Uint8Array
  readonly headers: readonly string[]
  /** Requests in flight. */
  readonly window: number
  /** Signs the body anew for every request with this secret; without it the headers go out as they are. */
  readonly secret?: string
}

/** What one thread can send when it does nothing else: undici's `dispatch`, the next request as soon as one is answered. */
export async function bareUndici(options: RequestLoopOptions, durationMs: number): Promise<LoopResult> {
  const { origin, pathname } = new URL(options.url)
  const { body, headers } = options
  const key = options.secret === undefined ? null : createSecretKey(options.secret, 'utf8')
  const pool = new Pool(origin, { connections: options.window, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })
  const result = await requestLoop(options.window, durationMs, (done) => {
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => undefined,
      onResponseEnd: done,
      onResponseError: (_controller, error) => {
        throw error
      },
    }
    return () => {
      const signature = key === null ? [] : ['x-pusher-signature', createHmac('sha256', key).update(body).digest('hex')]
      pool.dispatch({ path: pathname, method: 'POST', headers: [...headers, ...signature], body }, { ...handler })
    }
  })
  await pool.close()
  return result
}

export interface LoopResult {
  readonly requests: number
  /** Requests a second. */
  readonly perSecond: number
  /** CPU time of a request in all threads of this process, in µs. */
  readonly cpuMicros: number
}

/**
 * Keeps so many requests in flight for a time, and waits for the last.
 * @param prepare gets what is to be called when a request is answered, and returns what sends one
 */
export function requestLoop(
  window: number,
  durationMs: number,
  prepare: (done: () => void) => () => void,
): Promise<LoopResult> {
  return new Promise((resolve) => {
    const cpuStart = process.cpuUsage()
    const startMs = performance.now()
    let requests = 0
    let running = window
    const send = prepare(() => {
      requests += 1
      const elapsedMs = performance.now() - startMs
      if (elapsedMs < durationMs) send()
      else if (--running === 0) {
        const { user, system } = process.cpuUsage(cpuStart)
        resolve({ requests, perSecond: requests / (elapsedMs / 1000), cpuMicros: (user + system) / requests })
      }
    })
    for (let count = 0; count < window; count++) send()
  })
}
