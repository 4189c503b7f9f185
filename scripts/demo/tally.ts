import { isForWebhook } from './apps.js'

/** Counts what the server emits. */
export class Tally {
  /** Accepted events that a webhook is to get: as many deliveries are expected. */
  emitted = 0
  /** Accepted events that no webhook of the app subscribes to. */
  unsubscribed = 0
  refused = 0

  count(app: string, event: string, channel: string, accepted: boolean): void {
    if (!accepted) this.refused += 1
    else if (isForWebhook(app, event, channel)) this.emitted += 1
    else this.unsubscribed += 1
  }
}
