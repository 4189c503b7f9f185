import { type Environment, overlayEnvironment } from './environment.js'
import { ConfigError } from './errors.js'
import type { AppConfig, Config } from './model.js'
import { formatPath } from './path.js'
import { toProblems } from './problems.js'
import { app as appSchema } from './schema/app.js'
import { config as configSchema } from './schema/config.js'
import { toApp } from './to-app.js'
import { toConfig } from './to-config.js'

/**
 * Reads a configuration in the shape of Sockudo's `config.json` (see `ConfigInput`). The input stays as it is.
 * @param environment its `WEBHOOK_BATCHING_ENABLED`, `_DURATION` and `_SIZE` win over the input; none by default
 * @throws ConfigError with every problem that there is
 */
export function parseConfig(input: unknown, environment: Environment = {}): Config {
  const overlaid = overlayEnvironment(input, environment)
  const result = configSchema.safeParse(overlaid.input)
  if (result.success) return toConfig(result.data)
  const variables = new Map(overlaid.from.map(({ path, variable }) => [formatPath(path), variable]))
  const nameOf = (path: string) => variables.get(path) ?? path
  throw new ConfigError(toProblems(result.error.issues, configSchema, overlaid.input, nameOf))
}

/**
 * Reads one app (see `AppInput`), as `dispatcher.apps.set` is given it.
 * @param config its `defaults` count where a webhook does not say otherwise
 * @throws ConfigError with every problem that there is; paths start at the app
 */
export function parseApp(input: unknown, config: Pick<Config, 'defaults'>): AppConfig {
  const result = appSchema.safeParse(input)
  if (result.success) return toApp(result.data, config.defaults)
  throw new ConfigError(toProblems(result.error.issues, appSchema, input))
}
