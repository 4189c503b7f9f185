import { createConnection, isIP, type Socket } from 'node:net'
import { NameError } from '../names/name-error.js'
import { type EgressGuard, EgressRefusedError } from './egress.js'
import { codeOf, DeliveryError } from './http-errors.js'

export interface Peer {
  /** A name or an address, without brackets. */
  readonly host: string
  readonly port: number
  /** Both, as messages show them. */
  readonly where: string
}

/** Called once, with a socket that is connected, or with what went wrong. */
export type Connected = (result: Socket | Error) => void

/** Gives up what is under way. */
export type Cancel = () => void

const REFUSED: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections',
  EHOSTUNREACH: 'is unreachable',
  ENETUNREACH: 'is unreachable',
  EADDRNOTAVAIL: 'cannot be connected to from the local address',
}

const KEEP_ALIVE_PROBE_MS = 60_000

/** What all sockets of a thread read into. Without one Node makes a buffer of 64 KiB for each read, of which an answer needs a hundred bytes. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024)

/** Connects over TCP, the egress guard asked about every address of the name and about the one connected to. */
export function connectDirectly(
  peer: Peer,
  guard: EgressGuard,
  localAddress: string | null,
  connected: Connected,
): Cancel {
  let cancelLookup: Cancel | null = null
  const socket: Socket = createConnection({
    onread: { buffer: readBuffer, callback: (bytes) => socket.push(copyOf(bytes)) },
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
    host: peer.host,
    port: peer.port,
    lookup: (name, options, callback) => {
      cancelLookup = guard.lookup(name, options, callback)
    },
    ...sourceAddress(localAddress),
  })
  socket.once('connect', () => {
    const address = socket.remoteAddress
    const refusal = address === undefined ? null : guard.check(address)
    if (address !== undefined && refusal === null) {
      connected(socket)
      return
    }
    socket.destroy()
    connected(refusal === null ? closedAtOnce(peer) : new EgressRefusedError(refusal))
  })
  // Stays for the life of the socket: between two users nobody else listens, and Node would throw.
  socket.on('error', (error) => {
    connected(error instanceof EgressRefusedError ? error : connectionError(error, peer))
  })
  return () => {
    cancelLookup?.()
    socket.destroy()
  }
}

function copyOf(bytes: number): Buffer {
  const copy = Buffer.allocUnsafe(bytes)
  readBuffer.copy(copy, 0, 0, bytes)
  return copy
}

/** Options that make a connection from one of the machine's addresses; then only peers of its family can be reached. */
export function sourceAddress(localAddress: string | null): { localAddress?: string; family?: number } {
  return localAddress === null ? {} : { localAddress, family: isIP(localAddress) }
}

/** What is said of a peer that could not be connected to. */
export function connectionError(error: Error, peer: Peer): DeliveryError {
  if (error instanceof NameError) {
    return new DeliveryError('connect', `${peer.where} ${error.predicate}`, { cause: error })
  }
  const code = codeOf(error)
  const reason = REFUSED[code] ?? 'cannot be connected to'
  return new DeliveryError(code === 'ETIMEDOUT' ? 'timeout' : 'connect', `${peer.where} ${reason} (${code})`, {
    cause: error,
  })
}

function closedAtOnce(peer: Peer): DeliveryError {
  return new DeliveryError('reset', `${peer.where} closed the connection as soon as it was made`)
}
