/** Of a file that cannot be read, or a certificate that is not accepted: nothing that the server at the other end would put right. */
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
