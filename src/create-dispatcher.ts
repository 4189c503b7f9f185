import { type Config, type ConfigInput, loadConfig } from './config/index.js'
import { Dispatcher, type DispatcherOptions, type InternalOptions } from './dispatcher.js'
import { UnsupportedQueueError } from './errors.js'

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
  const loaded = isLoaded(config) ? config : await loadConfig(config)
  const { driver } = loaded.queue
  if (driver !== 'memory' && driver !== 'none') throw new UnsupportedQueueError(driver)
  const dispatcher = new Dispatcher(loaded, options)
  const failure = await dispatcher.started()
  if (failure === null) return dispatcher
  await dispatcher.close({ timeout: 0 })
  throw failure
}

/** `defaults` stands in no configuration file: `loadConfig` has filled it in. */
function isLoaded(config: ConfigInput | Config | string | URL): config is Config {
  return typeof config === 'object' && 'defaults' in config && 'deadLetters' in config
}
