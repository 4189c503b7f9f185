import Pusher from 'pusher'

const pusher = new Pusher({ appId: 'my-app', key: 'old-key', secret: 'old-secret', cluster: 'unused' })
const next = { key: 'new-key', secret: 'new-secret' }

/** While a key is rotated, both pairs are good: `X-Pusher-Key` says which one signed. */
export function isFromOurApp(headers: Record<string, string>, rawBody: string): boolean {
  return pusher.webhook({ headers, rawBody }).isValid(next)
}
