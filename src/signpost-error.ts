/** Every error that Signpost throws or rejects with. `code` is stable; the message says what to do. */
export class SignpostError extends Error {
  override name = 'SignpostError'
  /** Stable identifier, for programs. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
