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
import {
  KEEP_ALIVE_MAX_MS,
  MAX_REFUSED_STREAMS,
  MAX_RESPONSE_BYTES,
  MAX_RESPONSE_HEADER_BYTES,
  MAX_STREAMS,
} from './http-limits.js'

/**
 * - starting: the receiver has not said yet how many exchanges it takes. To open, or as open
 * - open: takes exchanges. To draining on GOAWAY, when it is old, when an exchange got no answer in time or the receiver refuses
 *   them; to gone when idle for long
 * - draining: takes no more; to gone with the last one
 * - gone: destroyed
 */
type State = 'starting' | 'open' | 'draining' | 'gone'

/** Where HTTP/2 connections belong. */
export interface Http2Home {
  /** There may be room for another exchange. */
  room(): void
  /** The receiver has answered an exchange. */
  answered(): void
  /** The connection takes no more exchanges: the receiver does not treat it well. */
  failed(): void
  /** The connection ended before it took any exchange. */
  unusable(): void
  gone(connection: Http2Connection): void
}

/** One HTTP/2 connection, many exchanges at once. */
export class Http2Connection {
  #state: State = 'starting'
  #streams = 0
  #allowed = 0
  /** Streams that the receiver ended without an answer, since the last answer. */
  #refused = 0
  readonly #session: ClientHttp2Session
  #age: NodeJS.Timeout | undefined

  constructor(
    origin: string,
    socket: Socket,
    readonly home: Http2Home,
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
    this.#session.on('remoteSettings', ({ maxConcurrentStreams = MAX_STREAMS }) => {
      this.#allowed = Math.min(maxConcurrentStreams, MAX_STREAMS)
      if (this.#state === 'starting') {
        this.#state = 'open'
        this.#age = startAge(ageMs, () => this.#drain())
      }
      home.room()
    })
    this.#session.on('goaway', (code) => {
      if (code === constants.NGHTTP2_NO_ERROR) this.#drain()
      else this.#giveUp()
    })
    // Every stream reports it as well; an idle session has nobody to tell.
    this.#session.on('error', () => this.#broken())
    this.#session.on('close', () => this.#broken())
    this.#session.unref()
  }

  get isStarting(): boolean {
    return this.#state === 'starting'
  }

  get hasRoom(): boolean {
    return this.#state === 'open' && this.#streams < this.#allowed
  }

  /** Whether it carries nothing and takes nothing either. */
  get isUseless(): boolean {
    return this.#streams === 0 && this.#allowed === 0
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
    let wasCut = false
    let received = 0

    const carrier: Carrier = {
      connected: true,
      cut: () => {
        wasCut = true
        // The whole connection may be dead: no exchange shall have to find that out again.
        if (!answered) this.#giveUp()
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
      this.#refused = 0
      this.home.answered()
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
    stream.on('close', () => {
      if (!answered && !wasCut) this.#countRefusal(stream.rstCode)
      exchange.fail(failure ?? interrupted(exchange.where, stream.rstCode))
    })
    if (body.byteLength > 0) stream.end(body)
  }

  destroy(): void {
    if (this.#state === 'gone') return
    this.#state = 'gone'
    clearTimeout(this.#age)
    this.#session.destroy()
    this.home.gone(this)
  }

  /** The session has ended, not by us. */
  #broken(): void {
    if (this.#state === 'gone') return
    const { home } = this
    if (this.#state === 'starting') home.unusable()
    else if (this.#state === 'open' && this.#streams > 0) home.failed()
    this.destroy()
  }

  #countRefusal(code: number | undefined): void {
    this.#refused += 1
    // The receiver means the connection by it, not the stream (RFC 9113 7).
    const isCalm = code === constants.NGHTTP2_ENHANCE_YOUR_CALM
    if (isCalm || this.#refused >= MAX_REFUSED_STREAMS) this.#giveUp()
  }

  get #takesMore(): boolean {
    return this.#state === 'open' || this.#state === 'starting'
  }

  /** The receiver does not treat the connection well. */
  #giveUp(): void {
    if (this.#takesMore) this.home.failed()
    this.#drain()
  }

  #drain(): void {
    if (!this.#takesMore) return
    this.#state = 'draining'
    if (this.#streams === 0) this.destroy()
  }

  #left(): void {
    this.#streams -= 1
    if (this.#streams === 0) {
      this.#session.unref()
      if (this.#state === 'draining') {
        this.destroy()
        return
      }
    }
    if (this.hasRoom) this.home.room()
  }
}

function interrupted(where: string, code: number | undefined): DeliveryError {
  return new DeliveryError('reset', `${where} ended the HTTP/2 stream without an answer (code ${code ?? 0})`)
}
