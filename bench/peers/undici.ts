import type { Contender, ContenderOptions } from '../contender.js'
import { InFlight } from './in-flight.js'
import { MAX_REQUESTS } from './limits.js'
import { memberEvent } from './member-event.js'
import { UndiciSender } from './undici-sender.js'

/** A signed request an event with undici, on the main thread, nothing batched. */
export function undici({ url, secret }: ContenderOptions): Contender {
  const sender = new UndiciSender(url, secret)
  const requests = new InFlight(MAX_REQUESTS)
  return {
    emit: (_app, channel, userId) => {
      if (requests.isFull) return false
      requests.track(sender.send([memberEvent(channel, userId, Date.now())]))
      return true
    },
    settle: () => requests.settled(),
    close: () => sender.close(),
  }
}
