import { createHmac } from 'node:crypto'

/** An event as the peers write it. */
export interface MemberEvent {
  readonly name: string
  readonly channel: string
  readonly user_id: string
  readonly time_ms: number
}

export function memberEvent(channel: string, userId: string, timeMs: number): MemberEvent {
  return { name: 'member_added', channel, user_id: userId, time_ms: timeMs }
}

export interface SignedRequest {
  readonly body: string
  readonly headers: Record<string, string>
}

/** The envelope and its headers, signed as Pusher does. */
export function signedRequest(events: readonly MemberEvent[], secret: string): SignedRequest {
  const body = JSON.stringify({ time_ms: Date.now(), events })
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  return {
    body,
    headers: { 'content-type': 'application/json', 'x-pusher-key': 'key', 'x-pusher-signature': signature },
  }
}
