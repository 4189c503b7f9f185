import type { AppConfig } from '../config/model.js'
import type { UnixMs } from '../time/clocks.js'
import { HmacSha256 } from './hmac-sha256.js'
import type { SignatureScheme, Signer } from './scheme.js'

/** `X-Pusher-Key` and `X-Pusher-Signature`: the lower-case hex HMAC-SHA256 of the body with the app's secret. */
export const pusherScheme: SignatureScheme = {
  name: 'pusher',
  prepare: (app) => new PusherSigner(app),
}

class PusherSigner implements Signer {
  readonly #key: string
  readonly #secret: string
  // Made at the first signature: most of a hundred thousand apps are idle.
  #hmac: HmacSha256 | null = null

  constructor(app: AppConfig) {
    this.#key = app.key
    this.#secret = app.secret
  }

  sign(body: Uint8Array, _deliveryId: string, _now: UnixMs, headers: string[]): void {
    this.#hmac ??= new HmacSha256(Buffer.from(this.#secret))
    headers.push('X-Pusher-Key', this.#key, 'X-Pusher-Signature', this.#hmac.digest('', body, 'hex'))
  }
}
