import type { Logger } from '../../index.js'
import { jsonLine, LOG_LEVELS, type LogFormat, type LogLevel, prettyLine } from './log-line.js'

export interface LogOptions {
  readonly format: LogFormat
  /** The least that is written. */
  readonly level: LogLevel
  readonly hasColours: boolean
  readonly write: (line: string) => void
}

/** A logger that writes a line per entry. */
export function createLog({ format, level, hasColours, write }: LogOptions): Logger {
  const least = LOG_LEVELS.indexOf(level)
  const at = (entryLevel: LogLevel) => (fields: object, message: string) => {
    if (LOG_LEVELS.indexOf(entryLevel) < least) return
    const entry = { level: entryLevel, time: new Date(), fields, message }
    write(`${format === 'json' ? jsonLine(entry) : prettyLine(entry, hasColours)}\n`)
  }
  return { info: at('info'), warn: at('warn'), error: at('error') }
}
