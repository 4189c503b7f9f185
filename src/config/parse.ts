import type { z } from 'zod'
import { type AdaptOptions, adapt, type Noticed } from './adapt.js'
import { overlayEnvironment } from './environment.js'
import type { Environment, EnvironmentValue } from './environment-values.js'
import { ConfigError, type ConfigProblem, type ConfigWarning } from './errors.js'
import type { AppConfig, Config } from './model.js'
import type { ParsedConfig } from './parsed.js'
import { formatPath } from './path.js'
import { type Finding, toFindings, toProblems } from './problems.js'
import { app as appSchema } from './schema/app.js'
import { config as configSchema } from './schema/config.js'
import { webhook as webhookSchema } from './schema/webhook.js'
import { toApp } from './to-app.js'
import { toConfig } from './to-config.js'
import { dropUnusedFaults, isBelow, unusedSections } from './unused-sections.js'

/** What a configuration says, beside the model that the rest of Signpost reads. */
export interface Loaded {
  readonly config: Config
  readonly warnings: readonly ConfigWarning[]
  /** Variables of the environment that were used, sorted. */
  readonly variables: readonly string[]
  /** What counts, in the shape of a file, every default filled in. It holds secrets. */
  readonly effective: ParsedConfig
}

/** A configuration that has been read; with problems there is none. */
export interface Reading {
  readonly loaded: Loaded | null
  readonly problems: readonly ConfigProblem[]
  readonly warnings: readonly ConfigWarning[]
}

/**
 * Reads a configuration in the shape of Sockudo's `config.json` (see `ConfigInput`). The input stays as it is.
 * @param environment its variables win over the input
 * @param interpolated variables that have been put into the input already
 */
export function readConfig(input: unknown, environment: Environment, interpolated: readonly string[] = []): Reading {
  const overlaid = overlayEnvironment(input, environment)
  const nameOf = namedAfter(overlaid.from)
  const read = readBy(configSchema, overlaid.input, { nameOf, prepare: dropUnusedFaults })
  const ignored = overlaid.ignored.map(({ variable, what }) => ({ path: variable, message: `${variable}: ${what}` }))
  const warnings = [...ignored, ...read.warnings]
  if (read.data === null) return { loaded: null, problems: read.problems, warnings }
  const unused = unusedSections(read.data)
  const used = overlaid.from.filter(({ path }) => !unused.some((section) => isBelow(path, section)))
  const variables = [...new Set([...interpolated, ...used.map(({ variable }) => variable)])].sort()
  const loaded = { config: toConfig(read.data), warnings, variables, effective: read.data }
  return { loaded, problems: [], warnings }
}

/**
 * The model alone of what `readConfig` reads.
 * @param environment its variables win over the input; none by default
 * @throws ConfigError with every problem that there is
 */
export function parseConfig(input: unknown, environment: Environment = {}): Config {
  const { loaded, problems } = readConfig(input, environment)
  if (loaded === null) throw new ConfigError(problems)
  return loaded.config
}

/**
 * Reads one app (see `AppInput`), as `dispatcher.apps.set` is given it, or a record of any of Sockudo's databases.
 * @param config its `defaults` count where a webhook does not say otherwise
 * @throws ConfigError with every problem that there is; paths start at the app
 */
export function parseApp(input: unknown, config: Pick<Config, 'defaults'>): AppConfig {
  return readApp(input, config).app
}

/** `parseApp`, with what was noticed. @param options whether it is a record of a database */
export function readApp(
  input: unknown,
  { defaults }: Pick<Config, 'defaults'>,
  options: AdaptOptions = {},
): { readonly app: AppConfig; readonly warnings: readonly ConfigWarning[] } {
  const { data, problems, warnings } = readBy(appSchema, input, options)
  if (data === null) throw new ConfigError(problems)
  return { app: toApp(data, defaults), warnings }
}

/** The problems of one webhook (see `WebhookInput`); none: it can be used. Paths start at the webhook. */
export function validateWebhook(input: unknown): readonly ConfigProblem[] {
  return readBy(webhookSchema, input, {}).problems
}

interface ReadOptions extends AdaptOptions {
  /** The name of the value at a path, where it did not come from there. */
  readonly nameOf?: (path: string) => string
  readonly prepare?: typeof dropUnusedFaults
}

const asItIs = (_: z.ZodType, value: unknown) => ({ value, warnings: [] })

function readBy<S extends z.ZodType>(
  schema: S,
  input: unknown,
  { nameOf = (path) => path, prepare = asItIs, ...options }: ReadOptions,
): {
  readonly data: z.output<S> | null
  readonly problems: readonly ConfigProblem[]
  readonly warnings: readonly ConfigWarning[]
} {
  const adapted = adapt(schema, input, options)
  const { value, warnings } = prepare(schema, adapted.value)
  const result = schema.safeParse(value)
  const findings: readonly Finding[] = [
    ...adapted.problems,
    ...(result.success ? [] : toFindings(result.error.issues, schema, value)),
  ]
  const problems = toProblems(findings, input, nameOf)
  return {
    data: result.success && problems.length === 0 ? result.data : null,
    problems,
    warnings: toWarnings([...adapted.warnings, ...warnings], input, nameOf),
  }
}

function toWarnings(
  noticed: readonly Noticed[],
  input: unknown,
  nameOf: (path: string) => string,
): readonly ConfigWarning[] {
  return noticed.map(({ path, what }) => {
    const name = nameOf(formatPath(path, input)) || 'configuration'
    return { path: name, message: `${name}: ${what}` }
  })
}

/** What came from a variable is named after it, and so is what is within. */
function namedAfter(from: readonly EnvironmentValue[]): (path: string) => string {
  const variables = new Map(from.map(({ path, variable }) => [formatPath(path), variable]))
  return (path) => {
    const own = variables.get(path) ?? variables.get(path.replace(/\[\d+\]$/, ''))
    return own ?? path
  }
}
