import { inspect } from 'node:util'
import {
  type ConfigInput,
  type ConfigWarning,
  type Environment,
  type Loaded,
  type LoadOptions,
  load,
  toLoadOptions,
} from '../config/index.js'

/**
 * A configuration that was read and found valid, for `createDispatcher`. Opaque: it holds secrets, and shows none when it is printed
 * or serialised.
 */
export class Config {
  readonly #loaded: Loaded

  /** @internal */
  constructor(loaded: Loaded) {
    this.#loaded = loaded
  }

  /** @internal */
  static loadedOf(config: Config): Loaded {
    return config.#loaded
  }

  /** What was put right, or has no effect. */
  get warnings(): readonly ConfigWarning[] {
    return this.#loaded.warnings
  }

  /** What it is, for logs. */
  toJSON(): { readonly apps: number; readonly webhooks: number; readonly shards: number; readonly queue: string } {
    const { apps, dispatcher, queue } = this.#loaded.config
    const webhooks = apps.reduce((sum, app) => sum + app.webhooks.length, 0)
    return { apps: apps.length, webhooks, shards: dispatcher.shards, queue: queue.driver }
  }

  [inspect.custom](): string {
    return `Config ${inspect(this.toJSON())}`
  }
}

/**
 * Reads a configuration and checks it, without starting anything.
 * @param source Sockudo's `config.json` shape: an object, or the path of a `.json` or `.toml` file
 * @param options the variables of the environment; for a file `process.env` unless given, for an object none unless given
 * @throws ConfigError with every problem that it has, ConfigFileError
 */
export async function loadConfig(
  source: ConfigInput | string | URL,
  options?: LoadOptions | Environment,
): Promise<Config> {
  return new Config(await load(source, options === undefined ? {} : toLoadOptions(source, options)))
}

/** What a dispatcher is made of, however it was given. @internal */
export async function loadedFrom(
  config: ConfigInput | Config | string | URL,
  environment: Environment | undefined,
): Promise<Loaded> {
  return config instanceof Config ? Config.loadedOf(config) : load(config, { environment })
}
