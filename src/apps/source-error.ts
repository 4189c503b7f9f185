import { AppManagerError } from '../errors.js'
import { isLocalFault } from '../local-fault.js'

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

/** Errors of several addresses at once have no message. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const { message, code } = cause as Error & { readonly code?: unknown }
  return message || (typeof code === 'string' ? code : cause.name)
}
