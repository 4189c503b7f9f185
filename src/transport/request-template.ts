import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { OutgoingHttpHeaders } from 'node:http2'
import type { Dispatcher } from 'undici'
import type { HttpTarget } from '../config/model.js'
import { basicCredentials } from './basic-credentials.js'
import { DeliveryError } from './http-errors.js'
import type { Delivery } from './transport.js'

/**
 * All of an endpoint's requests but what differs from one to the next: the id, the signature headers and the body. The
 * options are one object that is filled again for each request; undici has read them when `dispatch` returns
 * (guarded by bench/scenarios/transport.ts).
 */
export class RequestTemplate {
  readonly #headers: string[]
  /** The index of the first value that differs. */
  readonly #varying: number
  readonly #options: Dispatcher.DispatchOptions
  readonly #authority: string
  readonly #scheme: string

  /**
   * Throws a `DeliveryError` with the cause `configuration` when a header of the webhook's cannot be sent.
   * @param userAgent unless the webhook's own headers name another
   * @param proxy is asked for plain HTTP in absolute form (RFC 9112 3.2.2) and gets its credentials; with TLS it sees no request
   */
  constructor(url: URL, target: HttpTarget, userAgent: string, proxy: URL | null) {
    for (const [name, value] of Object.entries(target.headers)) checkHeader(name, value)
    const own = new Set(Object.keys(target.headers).map((name) => name.toLowerCase()))
    const credentials = basicCredentials(url)
    this.#headers = ['content-type', 'application/json', ...Object.entries(target.headers).flat()]
    if (!own.has('user-agent')) this.#headers.push('user-agent', userAgent)
    if (!own.has('authorization') && credentials !== null) this.#headers.push('authorization', credentials)
    const forwarder = url.protocol === 'http:' ? proxy : null
    const proxyCredentials = forwarder === null ? null : basicCredentials(forwarder)
    if (proxyCredentials !== null) this.#headers.push('proxy-authorization', proxyCredentials)
    this.#headers.push('webhook-id')
    this.#varying = this.#headers.length
    const path = `${forwarder === null ? '' : url.origin}${url.pathname}${url.search}`
    // Proxies close a connection without announcing it (tinyproxy 1.11): the next request on it would be lost.
    const reset = forwarder !== null
    this.#options = { path, reset, method: 'POST', headers: this.#headers, body: null }
    this.#authority = url.host
    this.#scheme = url.protocol.slice(0, -1)
  }

  /** The request, for undici; the same object each time, so to be used at once. */
  options(delivery: Delivery): Dispatcher.DispatchOptions {
    const headers = this.#headers
    let end = this.#varying
    headers[end++] = delivery.id
    for (const item of delivery.headers) headers[end++] = item
    // Shortening an array, even to the length that it has, makes V8 look at its memory.
    if (headers.length !== end) headers.length = end
    this.#options.body = delivery.body
    return this.#options
  }

  /** The head of the request, for `http2`; a new object each time. */
  http2Headers(delivery: Delivery): OutgoingHttpHeaders {
    const { path } = this.#options
    const headers: OutgoingHttpHeaders = {
      ':method': 'POST',
      ':scheme': this.#scheme,
      ':authority': this.#authority,
      ':path': path,
      'content-length': delivery.body.byteLength,
    }
    const pairs = [...this.#headers.slice(0, this.#varying), delivery.id, ...delivery.headers]
    for (let at = 0; at + 1 < pairs.length; at += 2) headers[(pairs[at] ?? '').toLowerCase()] = pairs[at + 1]
    return headers
  }
}

function checkHeader(name: string, value: string): void {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
  } catch (error) {
    // The value may be a secret.
    throw new DeliveryError('configuration', `the webhook's header ${JSON.stringify(name)} cannot be sent over HTTP`, {
      cause: error,
    })
  }
}
