import { inspect } from 'node:util'
import { loggable, withoutUserInfo } from './masking.js'

export const LOG_LEVELS = ['info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export const LOG_FORMATS = ['json', 'pretty'] as const
export type LogFormat = (typeof LOG_FORMATS)[number]

export interface LogEntry {
  readonly level: LogLevel
  readonly time: Date
  readonly fields: object
  readonly message: string
}

type Colour = 'green' | 'yellow' | 'red' | 'dim'

const COLOURS: Readonly<Record<LogLevel, Colour>> = { info: 'green', warn: 'yellow', error: 'red' }

/** A line for programs: one JSON object, the fields beside `time`, `level` and `msg`. */
export function jsonLine({ level, time, fields, message }: LogEntry): string {
  const first = { time: time.toISOString(), level, msg: withoutUserInfo(message) }
  return JSON.stringify({ ...first, ...(loggable(fields) as object), ...first })
}

/**
 * A line for people, with the fields that the message does not say already; of an error also its stack. Fields that are objects are
 * for programs.
 */
export function prettyLine({ level, time, fields, message }: LogEntry, hasColours: boolean): string {
  const paint = (colour: Colour, text: string): string => (hasColours ? painted(colour, text) : text)
  const { err, ...others } = loggable(fields) as { readonly err?: unknown; readonly [name: string]: unknown }
  const shown = Object.entries(others).filter(([name, value]) => isShown(message, name, value))
  const pairs = shown.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const head = `${clockOf(time)} ${paint(COLOURS[level], level.padEnd(5))} ${withoutUserInfo(message)}`
  const tail = pairs.length === 0 ? '' : ` ${paint('dim', pairs.join(' '))}`
  return `${head}${tail}${err === undefined ? '' : `\n${indented(errorText(err))}`}`
}

/** `styleText` of newer Nodes asks the standard output whether it has colours, and this is for standard error. */
function painted(colour: Colour, text: string): string {
  const [on, off] = inspect.colors[colour] ?? [0, 0]
  return `\u001b[${on}m${text}\u001b[${off}m`
}

function isShown(message: string, name: string, value: unknown): boolean {
  if (value === null || value === undefined) return false
  if (typeof value === 'object') return Array.isArray(value) && value.length > 0
  return !message.includes(`${wordsOf(name)}: ${String(value)}`)
}

/** `given up` of `givenUp`. */
function wordsOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function clockOf(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
}

/** @param error as `loggable` makes it */
function errorText(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error)
  const { stack, cause } = error as { readonly stack?: unknown; readonly cause?: unknown }
  const text = typeof stack === 'string' ? stack : JSON.stringify(error)
  return cause === undefined ? text : `${text}\ncaused by ${errorText(cause)}`
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '    ')
}
