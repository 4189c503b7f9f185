import { SignpostError } from '../../errors.js'

/** The run could not be made, or not to its end. */
export class LoadError extends SignpostError {
  override name = 'LoadError'
  constructor(message: string) {
    super('LOAD', message)
  }
}
