import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'

const TYPE_A = 1
const TYPE_AAAA = 28
const OK = 0
const SERVER_FAILURE = 2
const NO_SUCH_NAME = 3

/** What a name has. `silent`: nobody answers. A name that is not there does not exist. */
export type Zone = Record<string, Data | 'silent' | 'server-failure'>

export interface Data {
  readonly addresses: readonly string[]
  readonly ttl?: number
  /** The family about which nobody answers. */
  readonly silentFamily?: 4 | 6
}

export interface NameServer {
  /** As `Resolver.setServers` takes it. */
  readonly address: string
  /** May be changed at any time. */
  readonly zone: Zone
  /** What was asked so far: the name and the family. */
  readonly asked: readonly string[]
  /** Resolves when a question about the name has come. */
  askedFor(name: string): Promise<void>
  close(): Promise<void>
}

/** A name server of its own on 127.0.0.1, over UDP (RFC 1035). */
export async function startNameServer(zone: Zone): Promise<NameServer> {
  const socket = createSocket('udp4')
  const asked: string[] = []
  socket.on('message', (query, { port, address }) => {
    const { name, type, end } = questionIn(query)
    asked.push(`${name} ${type === TYPE_AAAA ? 6 : 4}`)
    socket.emit('question', name)
    const response = responseTo(query.subarray(0, end), type, zone[name])
    if (response !== null) socket.send(response, port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    address: `127.0.0.1:${socket.address().port}`,
    zone,
    asked,
    askedFor: (name) => untilAsked(socket, asked, name),
    close: async () => {
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
}

async function untilAsked(socket: Socket, asked: readonly string[], name: string): Promise<void> {
  while (!asked.some((question) => question.startsWith(`${name} `))) await once(socket, 'question')
}

function questionIn(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

/** @param question the query up to the end of its question; null: no response is sent */
function responseTo(question: Buffer, type: number, data: Zone[string] | undefined): Buffer | null {
  if (data === 'silent') return null
  if (data === 'server-failure') return Buffer.concat([head(question, SERVER_FAILURE, 0)])
  if (data === undefined) return head(question, NO_SUCH_NAME, 0)
  const family = type === TYPE_AAAA ? 6 : 4
  if (data.silentFamily === family) return null
  const addresses =
    type === TYPE_A || type === TYPE_AAAA ? data.addresses.filter((one) => isIPv6(one) === (family === 6)) : []
  return Buffer.concat([
    head(question, OK, addresses.length),
    ...addresses.map((address) => record(type, data.ttl ?? 60, bytesOf(address))),
  ])
}

function head(question: Buffer, code: number, answers: number): Buffer {
  const response = Buffer.from(question)
  response.writeUInt16BE(0x8180 | code, 2)
  response.writeUInt16BE(1, 4)
  response.writeUInt16BE(answers, 6)
  response.writeUInt32BE(0, 8)
  return response
}

/** A resource record whose name is that of the question. */
function record(type: number, ttl: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(12)
  fixed.writeUInt16BE(0xc00c, 0)
  fixed.writeUInt16BE(type, 2)
  fixed.writeUInt16BE(1, 4)
  fixed.writeUInt32BE(ttl, 6)
  fixed.writeUInt16BE(data.length, 10)
  return Buffer.concat([fixed, data])
}

/** IPv6 only with one `::` and without dots. */
function bytesOf(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number))
  const [left = [], right = []] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''))
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')
}
