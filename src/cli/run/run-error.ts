import { SignpostError } from '../../errors.js'

/** Why the program cannot start. */
export class RunError extends SignpostError {
  override name = 'RunError'
  constructor(message: string, options?: ErrorOptions) {
    super('RUN', message, options)
  }
}
