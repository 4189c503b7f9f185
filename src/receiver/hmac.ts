import type { webcrypto } from 'node:crypto'
import { SignpostError } from '../signpost-error.js'

/** HMAC-SHA256 under one key. */
export interface Hmac {
  /**
   * The digest of `prefix` in UTF-8 followed by `body`, at once.
   * @throws SignpostError `NO_SYNC_CRYPTO` where the runtime has none that is synchronous
   */
  digestNow(prefix: string, body: Uint8Array): Uint8Array
  /** The same, on every runtime. */
  digest(prefix: string, body: Uint8Array): Promise<Uint8Array>
}

export type CreateHmac = (key: Uint8Array) => Hmac

/** What is used of `node:crypto`. */
export interface NodeCrypto {
  createHmac(algorithm: 'sha256', key: Uint8Array): NodeHmacState
  hkdfSync(digest: 'sha256', key: string, salt: string, info: string, bytes: number): ArrayBuffer
}

interface NodeHmacState {
  update(data: string | Uint8Array): NodeHmacState
  digest(): Uint8Array
}

/** Node's crypto where it is there, without an import that other runtimes would refuse; Deno and Bun have it too. */
export function nodeCrypto(): NodeCrypto | null {
  try {
    return globalThis.process?.getBuiltinModule?.('node:crypto') ?? null
  } catch {
    // Some edge runtimes have a `process` whose members throw.
    return null
  }
}

/** Node's crypto is the faster one. */
export const createHmac: CreateHmac = (key) => {
  const crypto = nodeCrypto()
  return crypto === null ? new WebHmac(key) : new NodeHmac(crypto, key)
}

class NodeHmac implements Hmac {
  readonly #crypto: NodeCrypto
  readonly #key: Uint8Array

  constructor(crypto: NodeCrypto, key: Uint8Array) {
    this.#crypto = crypto
    this.#key = key
  }

  digestNow(prefix: string, body: Uint8Array): Uint8Array {
    return this.#crypto.createHmac('sha256', this.#key).update(prefix).update(body).digest()
  }

  async digest(prefix: string, body: Uint8Array): Promise<Uint8Array> {
    return this.digestNow(prefix, body)
  }
}

/** HMAC-SHA256 by WebCrypto, which is asynchronous only. */
export class WebHmac implements Hmac {
  readonly #bytes: Uint8Array
  #key: Promise<webcrypto.CryptoKey> | null = null

  constructor(key: Uint8Array) {
    this.#bytes = key
  }

  digestNow(): never {
    throw noSyncCrypto('verifyAsync() in place of verify()')
  }

  async digest(prefix: string, body: Uint8Array): Promise<Uint8Array> {
    this.#key ??= this.#import()
    const { subtle } = globalThis.crypto
    return new Uint8Array(await subtle.sign('HMAC', await this.#key, message(prefix, body)))
  }

  #import(): Promise<webcrypto.CryptoKey> {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    return globalThis.crypto.subtle.importKey('raw', asSource(this.#bytes), algorithm, false, ['sign'])
  }
}

export function noSyncCrypto(instead: string): SignpostError {
  return new SignpostError('NO_SYNC_CRYPTO', `this runtime has no synchronous cryptography: use ${instead}`)
}

function message(prefix: string, body: Uint8Array): webcrypto.BufferSource {
  const start = new TextEncoder().encode(prefix)
  const whole = new Uint8Array(start.length + body.length)
  whole.set(start)
  whole.set(body, start.length)
  return whole
}

/** WebCrypto takes no shared memory, which a key of ours never is in. */
export function asSource(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>
}
