import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { checkServerIdentity, createSecureContext, type PeerCertificate, type SecureContext } from 'node:tls'
import type { TlsConfig } from '../config/model.js'
import { codeOf, DeliveryError } from './http-errors.js'

/**
 * The TLS settings of a shard's webhooks, made once for each set of files: reading the roots anew for each connection is
 * what costs most in a handshake. Files are read at first use and stay as they were read.
 */
export class TlsContexts {
  readonly #contexts = new Map<string, SecureContext>()

  /**
   * `ca` replaces the built-in roots. Throws a `DeliveryError` with the cause `configuration`, which names the file
   * that cannot be used; nothing is remembered then, so that the file may still be put there.
   */
  get(tls: TlsConfig | null): SecureContext {
    const key = JSON.stringify([tls?.ca, tls?.cert, tls?.key])
    let context = this.#contexts.get(key)
    if (context === undefined) {
      context = tls === null ? createSecureContext() : read(tls)
      this.#contexts.set(key, context)
    }
    return context
  }
}

/**
 * `tls.checkServerIdentity` for an IPv6 address. That of Node 22.23 takes the address for a name, as its `domainToASCII` is
 * empty, and refuses every certificate.
 */
export function checkIpv6Identity(address: string, certificate: PeerCertificate): Error | undefined {
  const isNamed = new X509Certificate(certificate.raw).checkIP(address) !== undefined
  return isNamed ? undefined : checkServerIdentity(address, certificate)
}

function read(tls: TlsConfig): SecureContext {
  const material = { ...part('ca', tls.ca), ...part('cert', tls.cert), ...part('key', tls.key) }
  try {
    return createSecureContext(material)
  } catch (error) {
    const paths = [tls.ca, tls.cert, tls.key].filter((path) => path !== null).join(', ')
    const reason = error instanceof Error ? codeOf(error) : String(error)
    throw new DeliveryError('configuration', `the webhook's TLS files cannot be used together (${paths}): ${reason}`, {
      cause: error,
    })
  }
}

function part<Name extends keyof TlsConfig>(name: Name, path: string | null): { [Key in Name]?: Buffer } {
  if (path === null) return {}
  const single: { [Key in Name]?: Buffer } = {}
  try {
    single[name] = readFileSync(path)
  } catch (error) {
    const reason = error instanceof Error ? codeOf(error) : String(error)
    throw new DeliveryError('configuration', `tls.${name} of the webhook cannot be read: ${path} (${reason})`, {
      cause: error,
    })
  }
  return single
}
