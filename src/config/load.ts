import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse as parseToml, TomlError } from 'smol-toml'
import type { Environment } from './environment.js'
import { ConfigFileError } from './errors.js'
import type { ConfigInput } from './input.js'
import { findJsonSyntaxError } from './json-syntax.js'
import type { Config } from './model.js'
import { parseConfig } from './parse.js'

/** Reads a file's text; `path` is for errors. A new kind of file is a function and a line here. */
const FORMATS: Readonly<Record<string, (text: string, path: string) => unknown>> = {
  '.json': readJson,
  '.toml': readToml,
}

/**
 * Reads a configuration.
 * @param source the configuration itself, or the path or file URL of a `.json` or `.toml` file
 * @param environment `WEBHOOK_BATCHING_ENABLED`, `_DURATION` and `_SIZE` in it win over the source
 * @throws ConfigFileError when the file cannot be read as what its name says
 * @throws ConfigError with every problem of its contents
 */
export async function loadConfig(
  source: string | URL | ConfigInput,
  environment: Environment = process.env,
): Promise<Config> {
  const path = source instanceof URL ? fileURLToPath(source) : source
  return parseConfig(typeof path === 'string' ? await readConfigFile(path) : path, environment)
}

async function readConfigFile(path: string): Promise<unknown> {
  const read = FORMATS[extname(path).toLowerCase()]
  if (read === undefined) {
    const known = Object.keys(FORMATS).join(' or ')
    throw new ConfigFileError('CONFIG_UNSUPPORTED', path, `a configuration is a ${known} file`)
  }
  const bytes = await readFile(path).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigFileError('CONFIG_UNREADABLE', path, `cannot be read: ${reason}`, null, { cause })
  })
  return read(decode(bytes, path), path)
}

/** Drops a byte order mark. */
function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new ConfigFileError('CONFIG_SYNTAX', path, 'is not UTF-8', null, { cause })
  }
}

function readJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The engine's message quotes the text, which may hold secrets, so it is not passed on.
    const { offset, expected } = findJsonSyntaxError(text) ?? { offset: 0, expected: 'JSON' }
    throw new ConfigFileError('CONFIG_SYNTAX', path, `is not JSON: ${expected} was expected`, positionOf(text, offset))
  }
}

function readToml(text: string, path: string): unknown {
  try {
    return parseToml(text)
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause
    // Below its first line, the message quotes the text, which may hold secrets.
    const [problem = 'is not TOML'] = cause.message.split('\n')
    throw new ConfigFileError('CONFIG_SYNTAX', path, problem, { line: cause.line, column: cause.column })
  }
}

function positionOf(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split('\n')
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 }
}
