import { type ConfigInput, loadConfig } from './config/index.js'
import type { Config as Model } from './config/model.js'
import { Dispatcher, type DispatcherOptions, type InternalOptions } from './dispatcher.js'
import { UnsupportedQueueError } from './errors.js'
import { Config } from './loaded-config.js'

/**
 * Creates a dispatcher. Resolves when its threads run.
 * @param config Sockudo's `config.json` shape: an object, the path of a `.json` or `.toml` file, or what `loadConfig` returned
 * @throws ConfigError with every problem that the configuration has
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
): Promise<Dispatcher> {
  const model: Model = config instanceof Config ? Config.modelOf(config) : await loadConfig(config)
  if (model.queue.driver !== 'memory') throw new UnsupportedQueueError(model.queue.driver)
  const dispatcher = new Dispatcher(model, options)
  const failure = await dispatcher.started()
  if (failure === null) return dispatcher
  await dispatcher.close({ timeout: 0 })
  throw failure
}
