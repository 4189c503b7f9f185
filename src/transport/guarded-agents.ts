import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { Socket } from 'node:net'
import { type EgressGuard, EgressRefusedError } from './egress.js'

export interface Agents {
  readonly httpAgent: HttpAgent
  readonly httpsAgent: HttpsAgent
}

const IDLE_MS = 60_000

/** Connection pools of Node's own HTTP client, for addresses that no customer chose. */
export function openAgents({ openLookup }: EgressGuard): Agents {
  const options = { keepAlive: true, timeout: IDLE_MS, lookup: openLookup }
  return { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) }
}

/**
 * The same, asking the guard about each address that a name resolves to and about the one connected to. A literal in a
 * URL is never looked up: asking `checkUrl` is left to the caller.
 */
export function guardedAgents(guard: EgressGuard): Agents {
  const options = { keepAlive: true, timeout: IDLE_MS, lookup: guard.lookup }
  const agents = { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) }
  guardConnections(agents.httpAgent, guard)
  guardConnections(agents.httpsAgent, guard)
  return agents
}

function guardConnections(agent: HttpAgent, guard: EgressGuard): void {
  const createConnection = agent.createConnection.bind(agent)
  agent.createConnection = (options, callback) => {
    const stream = createConnection(options, callback)
    if (stream instanceof Socket) guardPeer(stream, guard)
    return stream
  }
}

/** Listens before the request does, so the guard is asked before a byte leaves. */
function guardPeer(socket: Socket, guard: EgressGuard): void {
  socket.once('connect', () => {
    const refusal = socket.remoteAddress === undefined ? null : guard.check(socket.remoteAddress)
    if (refusal !== null) socket.destroy(new EgressRefusedError(refusal))
  })
}
