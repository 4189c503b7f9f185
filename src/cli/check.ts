import { type Config, ConfigError, loadConfig, SignpostError } from '../index.js'

/** What `signpost check` found; `--json` prints it as it is. */
export interface Check {
  readonly valid: boolean
  readonly problems: readonly Problem[]
  /** All of it for people. */
  readonly text: string
}

interface Problem {
  /** Where in the configuration; null: in the file as a whole. */
  readonly path: string | null
  readonly message: string
}

/** Validates a configuration file, the environment's variables included. Rejects only for a fault of Signpost's own. */
export async function checkConfig(file: string): Promise<Check> {
  try {
    return { valid: true, problems: [], text: summary(file, await loadConfig(file)) }
  } catch (error) {
    if (!(error instanceof SignpostError)) throw error
    return { valid: false, problems: problemsOf(error), text: error.message }
  }
}

function problemsOf(error: SignpostError): readonly Problem[] {
  if (!(error instanceof ConfigError)) return [{ path: null, message: error.message }]
  return error.problems.map(({ path, message }) => ({ path, message }))
}

function summary(file: string, config: Config): string {
  const { apps, webhooks } = config.toJSON()
  return `${file}: valid, apps: ${apps}, webhooks: ${webhooks}`
}
