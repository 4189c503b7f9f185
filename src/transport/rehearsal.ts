import { Exchange } from './exchange.js'
import { Http1Pool } from './http1-pool.js'
import { PromptSocket } from './prompt-socket.js'
import { RequestTemplate } from './request-template.js'
import { RequestTimer } from './request-timer.js'
import type { Outcome } from './transport.js'

const NOWHERE = new URL('http://nowhere.invalid/')
const TIMEOUT_MS = 1000

/**
 * Has a request fail before any succeeds. V8 compiles the code of streams and connections for what it has seen of them, and the first
 * connection that is closed gives them properties that none had before: all of that code is thrown away at once then, and for a tenth
 * of a second the thread is several times as slow. That is when the connections of its first burst have been idle for long enough.
 *
 * The request goes into a socket that is connected to nothing, so that nobody is spoken to.
 */
export function rehearseFailure(): Promise<Outcome> {
  const origin = NOWHERE.origin
  const pool = new Http1Pool(origin, { connect: () => () => undefined }, () => undefined)
  const template = new RequestTemplate(NOWHERE, { kind: 'http', url: NOWHERE.href, headers: {} }, 'rehearsal', null)
  const socket = new PromptSocket()
  socket.on('error', () => undefined)
  return new Promise((resolve) => {
    const exchange = new Exchange(NOWHERE.host, new RequestTimer(TIMEOUT_MS), Date.now, resolve)
    pool.runOn(socket, exchange, template, { id: 'rehearsal', body: Buffer.from('{}'), headers: [] })
    exchange.started()
  })
}
