import { startReceiver } from 'signpost/testing'

/** `announce` stands for the code under test: it sends a `member_added` to the webhook at `url`. */
export async function survivesAnOutage(announce: (url: string) => Promise<void>): Promise<string> {
  const receiver = await startReceiver({ pusher: [{ key: 'app-key', secret: 'app-secret' }] })
  try {
    receiver.fail({ status: 503, times: 2 })
    await announce(receiver.url)
    const event = await receiver.next('member_added')
    return `${event.user_id} announced after ${receiver.requests.length} attempts`
  } finally {
    await receiver.close()
  }
}
