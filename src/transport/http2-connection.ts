import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type OutgoingHttpHeaders,
} from 'node:http2'
import type { Socket } from 'node:net'
import { startAge } from './connection-age.js'
import type { Carrier, Exchange } from './exchange.js'
import { DeliveryError } from './http-errors.js'
import { KEEP_ALIVE_MAX_MS, MAX_RESPONSE_BYTES, MAX_RESPONSE_HEADER_BYTES, MAX_STREAMS } from './http-limits.js'

/**
 * - open: takes exchanges. To draining on GOAWAY, when it is old or when an exchange got no answer in time; to gone when idle for long
 * - draining: takes no more; to gone with the last one
 * - gone: destroyed
 */
type State = 'open' | 'draining' | 'gone'

/** One HTTP/2 connection, many exchanges at once. */
export class Http2Connection {
  #state: State = 'open'
  #streams = 0
  readonly #session: ClientHttp2Session
  readonly #age: NodeJS.Timeout

  constructor(
    origin: string,
    socket: Socket,
    readonly onGone: (connection: Http2Connection) => void,
    ageMs: number,
  ) {
    this.#session = connect(origin, {
      createConnection: () => socket,
      settings: { enablePush: false, maxHeaderListSize: MAX_RESPONSE_HEADER_BYTES },
      peerMaxConcurrentStreams: MAX_STREAMS,
    })
    this.#session.setTimeout(KEEP_ALIVE_MAX_MS, () => {
      if (this.#streams === 0) this.destroy()
    })
    this.#session.on('goaway', () => this.#drain())
    // Every stream reports it as well; an idle session has nobody to tell.
    this.#session.on('error', () => this.destroy())
    this.#session.on('close', () => this.destroy())
    this.#session.unref()
    this.#age = startAge(ageMs, () => this.#drain())
  }

  get hasRoom(): boolean {
    const allowed = this.#session.remoteSettings?.maxConcurrentStreams ?? MAX_STREAMS
    return this.#state === 'open' && this.#streams < Math.min(allowed, MAX_STREAMS)
  }

  /** @param body a copy: frames that the receiver's window holds back may outlive the exchange */
  run(exchange: Exchange, headers: OutgoingHttpHeaders, body: Uint8Array): void {
    let stream: ClientHttp2Stream
    try {
      stream = this.#session.request(headers, { endStream: body.byteLength === 0 })
    } catch (error) {
      exchange.fail(error instanceof Error ? error : new Error(String(error)))
      return
    }
    this.#streams += 1
    this.#session.ref()
    let failure: Error | null = null
    let answered = false
    let received = 0

    const carrier: Carrier = {
      connected: true,
      cut: () => {
        // The whole connection may be dead: no exchange shall have to find that out again.
        if (!answered) this.#drain()
        stream.destroy()
      },
      release: () => {
        if (!stream.writableFinished || !stream.readableEnded) stream.close(constants.NGHTTP2_CANCEL)
        this.#left()
      },
    }
    exchange.carriedBy(carrier)

    stream.on('response', (response) => {
      answered = true
      exchange.head(response[':status'] ?? 0, response['retry-after'])
    })
    stream.on('data', (chunk: Uint8Array) => {
      received += chunk.byteLength
      if (received > MAX_RESPONSE_BYTES) stream.destroy()
    })
    stream.on('end', () => {
      if (answered) exchange.end()
    })
    stream.on('error', (error) => {
      failure = error
    })
    stream.on('close', () => exchange.fail(failure ?? interrupted(exchange.where, stream.rstCode)))
    if (body.byteLength > 0) stream.end(body)
  }

  destroy(): void {
    if (this.#state === 'gone') return
    this.#state = 'gone'
    clearTimeout(this.#age)
    this.#session.destroy()
    this.onGone(this)
  }

  #drain(): void {
    if (this.#state !== 'open') return
    this.#state = 'draining'
    if (this.#streams === 0) this.destroy()
  }

  #left(): void {
    this.#streams -= 1
    if (this.#streams > 0) return
    this.#session.unref()
    if (this.#state === 'draining') this.destroy()
  }
}

function interrupted(where: string, code: number | undefined): DeliveryError {
  return new DeliveryError('reset', `${where} ended the HTTP/2 stream without an answer (code ${code ?? 0})`)
}
