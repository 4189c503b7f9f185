/** A name that has led to no address. The codes are those of `dns.lookup`, which callers of a `lookup` know. */
export class NameError extends Error {
  readonly code: 'ENOTFOUND' | 'EAI_AGAIN'
  /** What there is to say of the name, after it. */
  readonly predicate: string

  /**
   * @param isAbsent whether there is no such address, rather than nobody who could be asked
   * @param reason the code of c-ares or of the system's resolver
   */
  constructor(
    readonly hostname: string,
    readonly isAbsent: boolean,
    reason: string,
  ) {
    const predicate = `${isAbsent ? 'is a name without an address' : 'cannot be resolved now'} (${reason})`
    super(`${hostname} ${predicate}`)
    this.name = 'NameError'
    this.code = isAbsent ? 'ENOTFOUND' : 'EAI_AGAIN'
    this.predicate = predicate
  }
}
