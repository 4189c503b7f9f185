import type { IncomingMessage, ServerResponse } from 'node:http'
import { BlockList, isIPv6 } from 'node:net'

/** The addresses that your Signpost connects from. */
const senders = new BlockList()
senders.addSubnet('203.0.113.0', 24, 'ipv4')
senders.addAddress('2001:db8::25', 'ipv6')

type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** Refuses requests from anywhere else, before anything is read. */
export function onlyFromSenders(listener: Listener, allowed = senders): Listener {
  return (request, response) => {
    const address = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? ''
    const isAllowed = allowed.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
    if (isAllowed) listener(request, response)
    else response.writeHead(403).end()
  }
}
