import type { Hmac } from './hmac.js'

/** A digest that a verification needs. */
export interface DigestOf {
  readonly hmac: Hmac
  readonly prefix: string
  readonly body: Uint8Array
}

/** A computation that asks for digests, and says neither when nor by which cryptography they are made. */
export type Steps<T> = Generator<DigestOf, T, Uint8Array>

/** @throws SignpostError `NO_SYNC_CRYPTO` */
export function runNow<T>(steps: Steps<T>): T {
  let step = steps.next()
  while (!step.done) {
    const { hmac, prefix, body } = step.value
    step = steps.next(hmac.digestNow(prefix, body))
  }
  return step.value
}

export async function run<T>(steps: Steps<T>): Promise<T> {
  let step = steps.next()
  while (!step.done) {
    const { hmac, prefix, body } = step.value
    step = steps.next(await hmac.digest(prefix, body))
  }
  return step.value
}
