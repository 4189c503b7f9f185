import type { ServerResponse } from 'node:http'
import { SignpostError } from '../signpost-error.js'
import { Timer } from '../time/timer.js'
import type { Exchange } from './http-server.js'

/** The ways to fail, and the setting of each. A fault has exactly one. */
export interface FaultSettings {
  /** Answers with this status; see `FaultDetails` for what else the answer may hold. */
  readonly status: number
  /** Never answers. */
  readonly hang: true
  /** Resets the TCP connection. */
  readonly reset: true
  /** Closes the connection without an answer. */
  readonly close: true
  /** Closes the connection within the body of a 200. */
  readonly closeMidResponse: true
  /** Sends a head at once and then a body without end, a byte every so many ms. */
  readonly dripMs: number
  /** Sends a head without end, a byte every so many ms. */
  readonly dripHeadMs: number
  /** Answers 200 and sends a body without end, as fast as it is taken. */
  readonly endless: true
  /** Answers 302 with this `Location`. */
  readonly redirect: string
  /** Sends something that is not HTTP. */
  readonly garbage: true
  /** Answers 200 with a header of so many bytes. */
  readonly hugeHeaderBytes: number
}

type FaultKind = keyof FaultSettings

/** What goes with a way to fail. */
export interface FaultDetails {
  /** Waits so many ms first. Without a way to fail: then answers as if nothing were wrong. */
  readonly delayMs?: number | undefined
  /** `Retry-After` of the answer: seconds, or a date. */
  readonly retryAfter?: number | string | undefined
  /** Further headers of the answer. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The body of the answer. */
  readonly body?: string | undefined
}

/** Whom a fault strikes. */
export interface FaultScope {
  /** How many requests it strikes; default: all until `heal()`. */
  readonly times?: number | undefined
  /** Only requests to this path, such as `/webhooks`. */
  readonly path?: string | undefined
  /** Strikes when the head has come, without reading the body. The request is then recorded without body or events. */
  readonly beforeBody?: boolean | undefined
}

/** No way to fail. */
export type NoFault = { readonly [K in keyof FaultSettings]?: never }

/** One way to fail. */
export type OneFault = {
  readonly [K in keyof FaultSettings]: Pick<FaultSettings, K> & Omit<NoFault, K>
}[keyof FaultSettings]

/** A way to fail, or a delay alone, and whom it strikes. */
export type Fault = (OneFault | (NoFault & { readonly delayMs: number })) & FaultDetails & FaultScope

/** `answer`: the receiver shall answer as it would have · `done`: the fault has dealt with the request. */
export type FaultResult = 'answer' | 'done'

type Behaviour<Setting> = (exchange: Exchange, setting: Setting, details: FaultDetails) => void

const behaviours: { readonly [K in FaultKind]: Behaviour<FaultSettings[K]> } = {
  status({ response }, status, { retryAfter, headers = {}, body = '' }) {
    const retry = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
    response.writeHead(status, { ...retry, ...headers }).end(body)
  },
  hang: () => undefined,
  reset: ({ connection }) => connection.socket.resetAndDestroy(),
  close: ({ connection }) => connection.socket.destroy(),
  closeMidResponse({ response, connection }) {
    response.writeHead(200, { 'content-length': 1000 }).write('{', () => connection.socket.destroy())
  },
  dripMs({ response }, everyMs) {
    response.writeHead(200).flushHeaders()
    repeat(response, everyMs, () => void response.write('x'))
  },
  dripHeadMs({ response, request }, everyMs) {
    request.socket.write('HTTP/1.1 200 OK\r\nx-drip: ')
    repeat(response, everyMs, () => void request.socket.write('x'))
  },
  endless({ response }) {
    const chunk = Buffer.alloc(64 * 1024, 'x')
    const fill = () => {
      while (!response.destroyed && response.write(chunk));
    }
    response.writeHead(200).on('drain', fill)
    fill()
  },
  redirect: ({ response }, location) => void response.writeHead(302, { location }).end(),
  garbage: ({ request }) => void request.socket.end('220 smtp.example.com ESMTP ready\r\n'),
  hugeHeaderBytes({ request }, bytes) {
    request.socket.end(`HTTP/1.1 200 OK\r\nx-huge: ${'x'.repeat(bytes)}\r\ncontent-length: 0\r\n\r\n`)
  },
}

/** Lets the fault happen to a request. */
export async function misbehave(exchange: Exchange, fault: Fault): Promise<FaultResult> {
  if (fault.delayMs !== undefined && !(await hasPassed(fault.delayMs, exchange.closing))) return 'done'
  return faultKinds.some((kind) => strike(kind, exchange, fault)) ? 'done' : 'answer'
}

const faultKinds = Object.keys(behaviours) as FaultKind[]

const modifiers = {
  delayMs: true,
  retryAfter: true,
  headers: true,
  body: true,
  times: true,
  path: true,
  beforeBody: true,
} satisfies Record<keyof (FaultDetails & FaultScope), true>

/**
 * A misspelt fault would do nothing, and the test that it is for would prove nothing.
 * @throws SignpostError `INVALID_FAULT` for an unknown key, and for what does not name exactly one way to fail, or a delay alone
 */
export function checkFault(fault: Fault): void {
  const given = Object.entries(fault).flatMap(([key, value]) => (value === undefined ? [] : [key]))
  const unknown = given.find((key) => !(key in behaviours || key in modifiers))
  if (unknown !== undefined) {
    const keys = [...faultKinds, ...Object.keys(modifiers)].join(', ')
    throw new SignpostError('INVALID_FAULT', `a fault has no ${JSON.stringify(unknown)}; it takes ${keys}`)
  }
  const ways = given.filter((key) => key in behaviours)
  if (ways.length === 1 || (ways.length === 0 && fault.delayMs !== undefined)) return
  throw new SignpostError(
    'INVALID_FAULT',
    `a fault fails in one way, or has delayMs alone, not ${ways.join(' and ') || 'neither'}; the ways are ${faultKinds.join(', ')}`,
  )
}

/** @returns whether the fault is of this kind, and so has happened */
function strike<K extends FaultKind>(
  kind: K,
  exchange: Exchange,
  fault: Partial<FaultSettings> & FaultDetails,
): boolean {
  const setting: Partial<FaultSettings>[K] = fault[kind]
  if (setting === undefined) return false
  behaviours[kind](exchange, setting, fault)
  return true
}

/** @returns false when it was cut short */
function hasPassed(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (passed: boolean): void => {
      timer.clear()
      signal.removeEventListener('abort', cut)
      resolve(passed)
    }
    const cut = (): void => settle(false)
    const timer = new Timer(ms, () => settle(true))
    signal.addEventListener('abort', cut)
    if (signal.aborted) cut()
  })
}

function repeat(response: ServerResponse, everyMs: number, step: () => void): void {
  const wait = (): Timer =>
    new Timer(everyMs, () => {
      timer = wait()
      step()
    })
  let timer = wait()
  response.once('close', () => timer.clear())
}
