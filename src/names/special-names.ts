import type { LookupAddress } from 'node:dns'

/** Both loopback addresses. */
const LOOPBACK: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
]

/**
 * The addresses of names that nobody is to be asked about (RFC 6761): those of `localhost` and `*.localhost`, none for `*.invalid`.
 * Null for every other name.
 * @param name in lower case, without a trailing dot
 */
export function specialAddresses(name: string): readonly LookupAddress[] | null {
  if (isWithin(name, 'localhost')) return LOOPBACK
  return isWithin(name, 'invalid') ? [] : null
}

function isWithin(name: string, domain: string): boolean {
  return name === domain || name.endsWith(`.${domain}`)
}
