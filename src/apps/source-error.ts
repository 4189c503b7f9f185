import { AppManagerError } from '../errors.js'

/**
 * What a failure of a driver means.
 * @param where names the table, for messages
 * @param isLasting whether waiting does not help
 */
export function sourceError(where: string, cause: unknown, isLasting = isLocalFault(cause)): AppManagerError {
  if (cause instanceof AppManagerError) return cause
  const code = isLasting ? 'APP_MANAGER_UNUSABLE' : 'APP_MANAGER_UNAVAILABLE'
  return new AppManagerError(code, `${where} cannot be read: ${reasonOf(cause)}`, { cause })
}

/** Of a file that cannot be read, or a certificate that is not accepted: nothing that the database would put right. */
export function isLocalFault(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  const { code, syscall } = cause as NodeJS.ErrnoException
  if (code === 'EMFILE' || code === 'ENFILE') return false
  const isFile = syscall === 'open' || code === 'EISDIR'
  return (
    isFile ||
    (typeof code === 'string' && /^(?:ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code))
  )
}

/** Errors of several addresses at once have no message. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const { message, code } = cause as Error & { readonly code?: unknown }
  return message || (typeof code === 'string' ? code : cause.name)
}
