import { Agent, request } from 'undici'
import { type MemberEvent, signedRequest } from './member-event.js'

/** Signs and POSTs with undici's `request`. */
export class UndiciSender {
  private readonly agent = new Agent({ pipelining: 1 })

  constructor(
    private readonly url: string,
    private readonly secret: string,
  ) {}

  /** Rejects unless the receiver answers 200. */
  async send(events: readonly MemberEvent[]): Promise<void> {
    const { body, headers } = signedRequest(events, this.secret)
    const answer = await request(this.url, { dispatcher: this.agent, method: 'POST', headers, body })
    await answer.body.dump()
    if (answer.statusCode !== 200) throw new Error(`the receiver answered ${answer.statusCode}`)
  }

  close(): Promise<void> {
    return this.agent.close()
  }
}
