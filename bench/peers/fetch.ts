import type { Contender, ContenderOptions } from '../contender.js'
import { InFlight } from './in-flight.js'
import { MAX_REQUESTS } from './limits.js'
import { memberEvent, signedRequest } from './member-event.js'

/** A signed request an event with Node's own `fetch`, its body a string, nothing batched. */
export function builtInFetch({ url, secret }: ContenderOptions): Contender {
  const requests = new InFlight(MAX_REQUESTS)
  const send = async (channel: string, userId: string) => {
    const response = await fetch(url, {
      method: 'POST',
      ...signedRequest([memberEvent(channel, userId, Date.now())], secret),
    })
    await response.arrayBuffer()
    if (response.status !== 200) throw new Error(`the receiver answered ${response.status}`)
  }
  return {
    emit: (_app, channel, userId) => {
      if (requests.isFull) return false
      requests.track(send(channel, userId))
      return true
    },
    settle: () => requests.settled(),
    close: async () => undefined,
  }
}
