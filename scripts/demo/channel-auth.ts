import { createHmac, timingSafeEqual } from 'node:crypto'

/** What is signed to let a client into a channel (Pusher Channels, "Generating authentication strings"). */
export interface Admission {
  readonly socketId: string
  readonly channel: string
  /** JSON about the user; presence channels only. */
  readonly channelData?: string | undefined
}

/** As a customer's backend answers it to pusher-js: `key:signature`. */
export function authString(key: string, secret: string, admission: Admission): string {
  return `${key}:${signature(secret, admission)}`
}

/** Whether the app's secret has signed exactly this. */
export function isAdmitted(secret: string, admission: Admission, auth = ''): boolean {
  const expected = Buffer.from(signature(secret, admission))
  const given = Buffer.from(auth.slice(auth.indexOf(':') + 1))
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function signature(secret: string, { socketId, channel, channelData }: Admission): string {
  const signed = channelData === undefined ? [socketId, channel] : [socketId, channel, channelData]
  return createHmac('sha256', secret).update(signed.join(':')).digest('hex')
}
