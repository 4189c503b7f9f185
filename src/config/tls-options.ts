import { readFileSync } from 'node:fs'
import type { RedisTlsConfig } from './model.js'

export interface TlsOptions {
  readonly rejectUnauthorized: boolean
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

/**
 * What Node's TLS needs for a server; null: none is wanted. The files are read at each connection, so that renewed ones count.
 * @throws Error of the file system, which names the file
 */
export function tlsOptions(tls: RedisTlsConfig): TlsOptions | null {
  if (!tls.enabled) return null
  const read = (path: string | null): string | undefined => (path === null ? undefined : readFileSync(path, 'utf8'))
  const files = { ca: read(tls.caPath), cert: read(tls.clientCertPath), key: read(tls.clientKeyPath) }
  const given = Object.fromEntries(Object.entries(files).filter(([, text]) => text !== undefined))
  return { rejectUnauthorized: !tls.acceptInvalidCerts, ...given }
}
