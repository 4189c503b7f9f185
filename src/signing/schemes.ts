import type { AppConfig, SignatureName } from '../config/model.js'
import { pusherScheme } from './pusher.js'
import type { SignatureScheme, Signer } from './scheme.js'
import { standardWebhooksScheme } from './standard-webhooks.js'

export const signatureSchemes: Readonly<Record<SignatureName, SignatureScheme>> = {
  pusher: pusherScheme,
  'standard-webhooks': standardWebhooksScheme,
}

/** A signer that adds the headers of every scheme named, each scheme once. Cheap: keys are made at the first signature. */
export function createSigner(app: AppConfig, names: readonly SignatureName[]): Signer {
  const signers = [...new Set(names)].map((name) => signatureSchemes[name].prepare(app))
  const [only, ...others] = signers
  if (only !== undefined && others.length === 0) return only
  return {
    sign(body, deliveryId, now, headers) {
      for (const signer of signers) signer.sign(body, deliveryId, now, headers)
    },
  }
}
