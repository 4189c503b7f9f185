import { X509Certificate } from 'node:crypto'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import type { TlsConfig } from '../config/model.js'
import { TlsFiles } from './tls-files.js'

/**
 * The TLS settings of a shard's webhooks, made once for each set of files: reading the roots again for each connection is
 * what costs most in a handshake.
 */
export class TlsContexts {
  readonly #files = new Map<string, TlsFiles>()

  /**
   * `ca` replaces the built-in roots. Throws a `DeliveryError` with the cause `configuration`, which names the file
   * that cannot be used; nothing is remembered then, so that the file may still be put there.
   * @param nowMs of a clock that only goes forward
   */
  get(tls: TlsConfig | null, nowMs: number): TlsFiles {
    const key = JSON.stringify([tls?.ca, tls?.cert, tls?.key])
    let files = this.#files.get(key)
    if (files === undefined) {
      files = new TlsFiles(tls, nowMs)
      this.#files.set(key, files)
    } else files.read(nowMs)
    return files
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
