import type { Environment } from '../../config/environment-values.js'
import { ConfigFileError, type ConfigWarning } from '../../config/errors.js'
import { maskedConfig } from '../../config/masked.js'
import { type Loaded, readConfig } from '../../config/parse.js'
import type { Position } from '../../config/position.js'
import { type ConfigSource, readSource } from '../../config/source.js'
import { describeAppManager } from '../../preflight/app-manager.js'
import type { PreflightPorts } from '../../preflight/ports.js'
import { preflight } from '../../preflight/preflight.js'
import { describeQueue } from '../../preflight/queue-durability.js'
import { differences } from './differences.js'
import { type CheckReport, type Finding, type Findings, linesOf } from './report.js'

export interface CheckOptions {
  /** Warnings count as problems. */
  readonly strict: boolean
  /** Also report what counts. */
  readonly effective: boolean
}

export interface CheckInput {
  /** As it was given; `-`: standard input. */
  readonly name: string
  /** Rejects with a ConfigFileError when it cannot be read. */
  read(): Promise<Uint8Array>
}

/** Checks a configuration and what it needs of its surroundings. Rejects only for a fault of Signpost's own. */
export async function checkConfig(
  { name, read }: CheckInput,
  environment: Environment,
  ports: PreflightPorts,
  options: CheckOptions,
): Promise<CheckReport> {
  let source: ConfigSource
  try {
    source = readSource(name, await read(), environment)
  } catch (error) {
    if (!(error instanceof ConfigFileError)) throw error
    return report(name, { problems: [ofFile(error)], warnings: [], notes: [] }, null, options)
  }
  const { loaded, problems, warnings } = readConfig(source.input, environment, source.variables)
  const found = loaded === null ? { problems: [], warnings: [] } : await preflight(loaded, ports)
  const placed = (finding: ConfigWarning) => withPosition(finding, source.locate(finding.path))
  const findings = {
    problems: [...problems, ...found.problems].map(placed),
    warnings: [...warnings, ...found.warnings].map(placed),
    notes: (loaded === null ? [] : differences(source.input, loaded, environment)).map(placed),
  }
  return report(name, findings, loaded, options)
}

function report(name: string, findings: Findings, loaded: Loaded | null, options: CheckOptions): CheckReport {
  const { problems, warnings } = findings
  const valid = problems.length === 0 && (warnings.length === 0 || !options.strict)
  return {
    valid,
    ...findings,
    variables: loaded?.variables ?? [],
    effective: options.effective && loaded !== null ? maskedConfig(loaded.effective) : null,
    text: [...linesOf(name, findings), summary(name, findings, valid ? loaded : null)].join('\n'),
  }
}

function ofFile(error: ConfigFileError): Finding {
  return withPosition({ path: null, message: error.problem }, error.position)
}

function withPosition({ path, message }: Pick<Finding, 'path' | 'message'>, position: Position | null): Finding {
  return { path, message, line: position?.line ?? null, column: position?.column ?? null }
}

/** @param loaded null: it is not valid */
function summary(name: string, { problems, warnings }: Findings, loaded: Loaded | null): string {
  const counts = [...count(problems, 'problem'), ...count(warnings, 'warning')]
  if (loaded === null) return `${name}: ${counts.join(', ')}`
  const { config, variables } = loaded
  const webhooks = config.apps.reduce((sum, app) => sum + app.webhooks.length, 0)
  const appManager = describeAppManager(config.appManager)
  const parts = [
    ...['valid', `apps: ${config.apps.length}`, `webhooks: ${webhooks}`, ...counts],
    `queue: ${describeQueue(config.queue)}`,
    ...(appManager === null ? [] : [`app manager: ${appManager}, whose apps are not counted here`]),
    ...(variables.length === 0 ? [] : [`variables used: ${variables.join(' ')}`]),
  ]
  return `${name}: ${parts.join(', ')}`
}

function count({ length }: readonly unknown[], noun: string): readonly string[] {
  return length === 0 ? [] : [`${length} ${noun}${length === 1 ? '' : 's'}`]
}
