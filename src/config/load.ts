import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Environment } from './environment-values.js'
import { ConfigError, ConfigFileError } from './errors.js'
import type { ConfigInput } from './input.js'
import { interpolateValues } from './interpolate.js'
import type { Config } from './model.js'
import { type Loaded, readConfig } from './parse.js'
import { assertSupported, missingVariables, readSource } from './source.js'

/** How `loadConfig` reads. */
export interface LoadOptions {
  /**
   * The variables that win over the source and stand for `${NAME}` in it. For a file `process.env` unless given; a configuration
   * that is given in code is taken as it is unless they are given.
   */
  readonly environment?: Environment | undefined
}

/**
 * Reads a configuration.
 * @param source the configuration itself, or the path or file URL of a `.json` or `.toml` file
 * @throws ConfigFileError when the file cannot be read as what its name says, or names variables that are not set
 * @throws ConfigError with every problem of its contents
 */
export async function loadConfig(
  source: string | URL | ConfigInput,
  options?: LoadOptions | Environment,
): Promise<Config> {
  return (await load(source, options === undefined ? {} : toLoadOptions(source, options))).config
}

/** The variables themselves may stand in place of the options. None of them is an object, and no variables at all are no options. */
export function toLoadOptions(source: unknown, given: LoadOptions | Environment): LoadOptions {
  if ('environment' in given && typeof given.environment !== 'string') return given as LoadOptions
  const isFile = typeof source === 'string' || source instanceof URL
  if (Object.keys(given).length > 0) return { environment: given as Environment }
  return isFile ? { environment: {} } : {}
}

/** `loadConfig` with all that there is to know beside the model. */
export async function load(source: string | URL | ConfigInput, { environment }: LoadOptions = {}): Promise<Loaded> {
  const path = source instanceof URL ? fileURLToPath(source) : source
  const { input, variables } =
    typeof path === 'string' ? await readFileSource(path, environment ?? process.env) : readValue(path, environment)
  const { loaded, problems } = readConfig(input, inputEnvironment(path, environment), variables)
  if (loaded === null) throw new ConfigError(problems)
  return loaded
}

function inputEnvironment(path: unknown, environment: Environment | undefined): Environment {
  return environment ?? (typeof path === 'string' ? process.env : {})
}

async function readFileSource(path: string, environment: Environment) {
  assertSupported(path)
  return readSource(path, await readBytes(path), environment)
}

/** @throws ConfigFileError */
export async function readBytes(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigFileError('CONFIG_UNREADABLE', path, `cannot be read: ${reason}`, null, { cause })
  })
}

function readValue(input: unknown, environment: Environment | undefined) {
  if (environment === undefined) return { input, variables: [] }
  const { value, variables, missing } = interpolateValues(input, environment)
  if (missing.length === 0) return { input: value, variables }
  const names = [...new Set(missing.map(({ name }) => name))]
  throw new ConfigFileError('CONFIG_VARIABLES', 'configuration', missingVariables(names))
}
