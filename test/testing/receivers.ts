import { Agent, request } from 'undici'
import { type StartReceiverOptions, startReceiver, type TestReceiver } from '../../src/testing/index.js'
import { type SignedRequest, signedRequest } from '../receiver/signed-request.js'

export const credentials = { pusher: [{ key: 'app-key', secret: 'app-secret' }] }

/** Runs `use` with a receiver that trusts the example app, and closes it. */
export async function withReceiver(
  use: (receiver: TestReceiver) => Promise<void>,
  options: StartReceiverOptions = {},
): Promise<void> {
  const receiver = await startReceiver({ ...credentials, ...options })
  try {
    await use(receiver)
  } finally {
    await receiver.close()
  }
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** Sends a webhook over a connection of its own. Rejects when there is no whole answer. */
export async function deliver(url: string, signed: SignedRequest = signedRequest(), ca?: string): Promise<Reply> {
  const agent = new Agent({ maxHeaderSize: 64 * 1024, ...(ca === undefined ? {} : { connect: { ca } }) })
  try {
    const { statusCode, headers, body } = await request(url, { method: 'POST', dispatcher: agent, ...signed })
    return { status: statusCode, headers, body: await body.text() }
  } finally {
    await agent.destroy()
  }
}

/** A delivery of one event of that name. */
export function webhook(name: string, id = name): SignedRequest {
  return signedRequest({ id, payload: { time_ms: 1, events: [{ name, channel: 'presence-a', user_id: 'u1' }] } })
}
