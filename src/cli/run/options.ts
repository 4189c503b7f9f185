import { InvalidArgumentError, Option } from 'commander'
import { parseDuration } from './duration-text.js'
import { type ListenAddress, parseListenAddress } from './listen-address.js'
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from './log-line.js'
import type { RunSettings } from './settings.js'

const DEFAULT_LISTEN = '127.0.0.1:6080'
const DEFAULT_DRAIN = '30s'
const DEFAULT_MAX_LINE_BYTES = 1024 * 1024
const LARGEST_LINE_BYTES = 64 * 1024 * 1024

/** What commander makes of `runOptions`. */
export interface GivenOptions {
  readonly stdin: boolean
  readonly listen: ListenAddress | 'none'
  readonly drain: number
  readonly maxLine: number
  readonly strict: boolean
  readonly log?: LogFormat
  readonly logLevel: LogLevel
}

export function runOptions(): Option[] {
  return [
    new Option(
      '--stdin',
      'take events from standard input, one JSON object per line, and end when the input ends',
    ).default(false),
    new Option('--listen <host:port>', 'address to serve /livez, /readyz and /metrics at, or "none"')
      .argParser(parseListenAddress)
      .default(parseListenAddress(DEFAULT_LISTEN), DEFAULT_LISTEN),
    new Option('--drain <time>', 'how long shutting down may take: 500ms, 30s, 5m, 1h or "unlimited"')
      .argParser(parseDuration)
      .default(parseDuration(DEFAULT_DRAIN), DEFAULT_DRAIN),
    new Option('--max-line <bytes>', 'the longest line to read from standard input')
      .argParser(parseLineBytes)
      .default(DEFAULT_MAX_LINE_BYTES),
    new Option('--strict', 'exit with status 4 if a line was invalid or its event was refused').default(false),
    new Option('--log <format>', 'format of the log on standard error; pretty on a terminal, otherwise json').choices(
      LOG_FORMATS,
    ),
    new Option('--log-level <level>', 'the lowest level to log').choices(LOG_LEVELS).default('info'),
  ]
}

/** @param isTerminal whether standard error is one */
export function settingsOf(config: string, given: GivenOptions, isTerminal: boolean): RunSettings {
  const { listen, drain, maxLine, log = isTerminal ? 'pretty' : 'json', ...same } = given
  return { ...same, config, log, listen: listen === 'none' ? null : listen, drainMs: drain, maxLineBytes: maxLine }
}

function parseLineBytes(text: string): number {
  const bytes = Number(text)
  if (/^\d{1,9}$/.test(text) && bytes >= 1 && bytes <= LARGEST_LINE_BYTES) return bytes
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${LARGEST_LINE_BYTES} (bytes).`)
}
