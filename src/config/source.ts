import { extname } from 'node:path'
import { parse as parseToml, TomlDate, TomlError } from 'smol-toml'
import type { Environment } from './environment-values.js'
import { ConfigFileError } from './errors.js'
import { interpolate } from './interpolate.js'
import { jsonOffsets, type Offsets } from './json-positions.js'
import { findJsonSyntaxError } from './json-syntax.js'
import { offsetOf, type Position, positionOf } from './position.js'
import { tomlOffsets } from './toml-positions.js'

/** The contents of a configuration file. */
export interface ConfigSource {
  readonly input: unknown
  /** Variables that were put into the text, each once. */
  readonly variables: readonly string[]
  /** Where a value is, by its path; where the path leaves the text, the nearest value around it. null: nowhere. */
  locate(path: string): Position | null
}

/** A way in which a configuration is written. */
interface Format {
  /** @param fail makes the error of a place in the text */
  parse(text: string, fail: (problem: string, offset: number) => ConfigFileError): unknown
  offsets(text: string): Offsets
}

/** A new kind of file is a line here. */
const FORMATS: Readonly<Record<string, Format>> = {
  '.json': { parse: parseJson, offsets: jsonOffsets },
  '.toml': { parse: parseTomlText, offsets: tomlOffsets },
}

/** What a name without an ending stands for, such as `-` for standard input: TOML cannot begin with a brace. */
const formatOfText = (text: string): string => (/^\s*\{/.test(text) ? '.json' : '.toml')

/**
 * Reads what a file holds.
 * @param name for errors; its ending says how the file is written, and `-` leaves that to the text
 * @param environment its values replace `${NAME}` and `${NAME:-default}`
 * @throws ConfigFileError when it cannot be read as what its name says, or names variables that the environment does not have
 */
export function readSource(name: string, bytes: Uint8Array, environment: Environment): ConfigSource {
  const written = decode(bytes, name)
  const format = FORMATS[name === '-' ? formatOfText(written) : extname(name).toLowerCase()] ?? unsupported(name)
  const { text, variables, missing, originalOffset } = interpolate(written, environment)
  const place = (offset: number) => positionOf(written, originalOffset(offset))
  if (missing[0] !== undefined) {
    const names = [...new Set(missing.map((reference) => reference.name))]
    throw new ConfigFileError('CONFIG_VARIABLES', name, missingVariables(names), positionOf(written, missing[0].offset))
  }
  const input = format.parse(text, (problem, offset) => {
    return new ConfigFileError('CONFIG_SYNTAX', name, problem, place(offset))
  })
  let offsets: Offsets | null = null
  return {
    input,
    variables,
    locate(path) {
      offsets ??= format.offsets(text)
      for (let outer = path; outer !== ''; outer = parentOf(outer)) {
        const offset = offsets.get(outer)
        if (offset !== undefined) return place(offset)
      }
      return null
    },
  }
}

/** @throws ConfigFileError when files of this name are not read */
export function assertSupported(name: string): void {
  if (FORMATS[extname(name).toLowerCase()] === undefined) unsupported(name)
}

function unsupported(name: string): never {
  const known = Object.keys(FORMATS).join(' or ')
  throw new ConfigFileError('CONFIG_UNSUPPORTED', name, `a configuration is a ${known} file`)
}

export function missingVariables(names: readonly string[]): string {
  const fault =
    names.length === 1
      ? 'this variable is not set and has no default'
      : 'these variables are not set and have no default'
  return `${fault}: ${names.join(', ')}; set what is missing, or write \${NAME:-default}`
}

/** `a.b[0]` of `a.b[0].c` and `a.b[0]["c"]`. */
function parentOf(path: string): string {
  const key = /(?:\.\w+|\[(?:\d+|"(?:[^"\\]|\\.)*"|key \d+, \d+ characters)\])$/.exec(path)
  return key === null ? '' : path.slice(0, key.index)
}

/** Drops a byte order mark. */
function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new ConfigFileError('CONFIG_SYNTAX', name, 'is not UTF-8', null, { cause })
  }
}

function parseJson(text: string, fail: (problem: string, offset: number) => ConfigFileError): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The engine's message quotes the text, which may hold secrets, so it is not passed on.
    const { offset, expected } = findJsonSyntaxError(text) ?? { offset: 0, expected: 'JSON' }
    throw fail(`is not JSON: ${expected} was expected`, offset)
  }
}

function parseTomlText(text: string, fail: (problem: string, offset: number) => ConfigFileError): unknown {
  try {
    return withDatesAsText(parseToml(text))
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause
    // Below its first line, the message quotes the text, which may hold secrets.
    const [problem = 'is not TOML'] = cause.message.split('\n')
    throw fail(problem, offsetOf(text, { line: cause.line, column: cause.column }))
  }
}

/** A date of TOML is what its text is in JSON: a time alone is no date, and a date and time without a zone lacks it. */
function withDatesAsText(value: unknown): unknown {
  if (value instanceof TomlDate) return value.toISOString()
  if (Array.isArray(value)) return value.map(withDatesAsText)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withDatesAsText(member)]))
}
