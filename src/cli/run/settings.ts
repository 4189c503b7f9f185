import type { ListenAddress } from './listen-address.js'
import type { LogFormat, LogLevel } from './log-line.js'

/** How `signpost run` was called. */
export interface RunSettings {
  /** Path of the configuration file. */
  readonly config: string
  /** Whether events are taken from standard input. */
  readonly stdin: boolean
  /** Where health and metrics are served; null: nowhere. */
  readonly listen: ListenAddress | null
  /** The longest that the end may take, in ms; Infinity: as long as it takes. */
  readonly drainMs: number
  /** The longest line of standard input, in bytes. */
  readonly maxLineBytes: number
  /** Whether a line that is not accepted is a failure of the program. */
  readonly strict: boolean
  readonly log: LogFormat
  readonly logLevel: LogLevel
}
