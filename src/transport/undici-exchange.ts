import { Client, type Dispatcher } from 'undici'
import { Exchange } from './exchange.js'

/** An exchange that is its own handler for undici, so that a request costs one object. */
export type UndiciExchange = Exchange & Dispatcher.DispatchHandler

/** By their names in lower case; undici makes an array of one that was sent several times. */
type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>

/** For the interface that undici 7 introduced and 8 has alone. */
export class PresentExchange extends Exchange {
  onRequestStart(): void {
    // The controller that undici gives here cuts the request short; the carrier does that.
  }

  onResponseStart(_controller: unknown, status: number, headers: ResponseHeaders): void {
    this.head(status, first(headers['retry-after']))
  }

  onResponseData(): void {
    // undici 8 wants the method; what a receiver says in the body of an answer is of no account.
  }

  onResponseEnd(): void {
    this.end()
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.fail(error)
  }
}

/**
 * For the interface that undici 7 takes as well and calls straight. For the present one it puts a handler and a controller of its own
 * around each request and makes an object of the headers, a tenth of what a request takes of the thread (benchmark `unbatched`).
 */
export class FormerExchange extends Exchange {
  onConnect(): void {
    // The function that undici gives here cuts the request short; the carrier does that.
  }

  onHeaders(status: number, headers: readonly Buffer[]): boolean {
    this.head(status, status < 300 ? undefined : headerValue(headers, 'retry-after'))
    return true
  }

  onData(): boolean {
    return true
  }

  onComplete(): void {
    this.end()
  }

  onError(error: Error): void {
    this.fail(error)
  }
}

const Handling = takesFormerHandlers() ? FormerExchange : PresentExchange

/** The parameters are those of `Exchange`. */
export function createExchange(...parameters: ConstructorParameters<typeof Exchange>): UndiciExchange {
  const exchange: Exchange = new Handling(...parameters)
  return exchange as UndiciExchange
}

/** Whether undici tells a handler of its former interface that a request has failed, as it does at once when its client is gone. */
export function takesFormerHandlers(): boolean {
  let isTold = false
  const handler = {
    onConnect: () => undefined,
    onHeaders: () => true,
    onData: () => true,
    onComplete: () => undefined,
    onError: () => {
      isTold = true
    },
  }
  const client = new Client('http://nowhere.invalid')
  client.destroy(noPromise)
  try {
    client.dispatch({ path: '/', method: 'GET' }, handler as Dispatcher.DispatchHandler)
  } catch {
    // What undici 8 throws is the answer: it finds nobody to tell.
  }
  return isTold
}

function noPromise(): void {
  // Given a callback, undici makes no promise.
}

function first(value: string | string[] | undefined): string | undefined {
  return typeof value === 'object' ? value[0] : value
}

/** @param headers names and values in turn, as they came */
function headerValue(headers: readonly Buffer[], name: string): string | undefined {
  const at = headers.findIndex((bytes, index) => index % 2 === 0 && bytes.toString('latin1').toLowerCase() === name)
  return at === -1 ? undefined : headers[at + 1]?.toString('latin1')
}
