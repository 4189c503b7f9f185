import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { createReceiver, nodeHandler, type WebhookHandler } from 'signpost/receiver'

const receiver = createReceiver({ pusher: [{ key: 'app-key', secret: 'app-secret' }] })

/** A receiver with a certificate of its own. Behind a load balancer that ends TLS, `node:http` does. */
export function createSecureServer(certFile: string, keyFile: string, handler: WebhookHandler) {
  const files = { cert: readFileSync(certFile), key: readFileSync(keyFile) }
  return createServer(files, nodeHandler(receiver, handler))
}
