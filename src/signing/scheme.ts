import type { AppConfig } from '../config/model.js'
import type { UnixMs } from '../time/clocks.js'

export type { SignatureName } from '../config/model.js'

/** One way to sign a request. A new one is a file beside this and a line in `schemes.ts`. */
export interface SignatureScheme {
  readonly name: string
  /** Prepares what depends on the app alone (key objects), so that signing allocates little. */
  prepare(app: AppConfig): Signer
}

export interface Signer {
  /**
   * Appends name, value pairs to `headers`.
   * @param body the exact bytes that are sent
   * @param deliveryId the value of the `webhook-id` header
   */
  sign(body: Uint8Array, deliveryId: string, now: UnixMs, headers: string[]): void
}
