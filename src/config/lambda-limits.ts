import type { LambdaTarget } from './model.js'

type InvocationType = LambdaTarget['invocationType']

/** AWS wants a request smaller than 6 MiB when its caller waits, and than 1 MiB when it is queued (Lambda quotas). */
const MAX_PAYLOAD_BYTES: Readonly<Record<InvocationType, number>> = {
  Event: 1024 * 1024 - 1,
  RequestResponse: 6 * 1024 * 1024 - 1,
}

/** The largest body, in bytes, that a function can be invoked with. */
export function maxPayloadBytes(invocationType: InvocationType): number {
  return MAX_PAYLOAD_BYTES[invocationType]
}
