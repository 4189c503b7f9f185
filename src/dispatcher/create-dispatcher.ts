import type { ConfigInput } from '../config/index.js'
import { PreflightError } from '../errors.js'
import type { PreflightProblem } from '../preflight/finding.js'
import { nodePorts } from '../preflight/node-ports.js'
import { preflight } from '../preflight/preflight.js'
import { findWorkerFiles } from '../supervisor/worker-files.js'
import type { Dispatcher, DispatcherOptions } from './contract.js'
import { type InternalOptions, WorkerDispatcher } from './dispatcher.js'
import { guarded, SILENT } from './events.js'
import { type Config, loadedFrom } from './loaded-config.js'
import { logStart } from './start-report.js'

/**
 * Creates a dispatcher. Resolves when its threads run and its apps are read. Logs one line with what it starts with, and one for each warning.
 * @param config Sockudo's `config.json` shape: an object, the path of a `.json` or `.toml` file, or what `loadConfig` returned
 * @throws ConfigError with every problem that the configuration has, ConfigFileError
 * @throws PreflightError when something that the configuration needs is not there
 * @throws WorkerMissingError when the file that the threads load is not there, as in a bundle without it
 * @throws AppManagerError when the database of the apps cannot be read, unless `app_manager.on_unavailable` is `start`
 * @throws ShardDownError when a thread dies again and again while it starts
 */
export async function createDispatcher(
  config: ConfigInput | Config | string | URL,
  options: DispatcherOptions = {},
): Promise<Dispatcher> {
  return startDispatcher(config, options)
}

/** `createDispatcher` with what only tests and tools need. @internal */
export async function startDispatcher(
  config: ConfigInput | Config | string | URL,
  options: InternalOptions,
): Promise<WorkerDispatcher> {
  const { environment, logger = SILENT } = options
  const loaded = await loadedFrom(config, environment)
  const { problems, warnings } = await preflight(loaded, nodePorts(environment ?? process.env, { connects: false }))
  refuseIfUnstartable(problems)
  const dispatcher = new WorkerDispatcher(loaded.config, findWorkerFiles(options.workerUrl), options)
  const failure = await dispatcher.started()
  if (failure !== null) {
    await dispatcher.close({ timeout: 0 })
    throw failure
  }
  logStart(
    guarded(logger),
    loaded,
    dispatcher.counts,
    [...loaded.warnings, ...warnings, ...problems],
    dispatcher.startQueue,
  )
  return dispatcher
}

/** A webhook that will not work is no reason not to start: the others will. */
function refuseIfUnstartable(problems: readonly PreflightProblem[]): void {
  const reasons = problems.filter(({ concerns }) => concerns === 'start')
  if (reasons.length > 0) throw new PreflightError(reasons)
}
