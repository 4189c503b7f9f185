import { inspect } from 'node:util'
import { type ConfigInput, loadConfig as load } from './config/index.js'
import type { Config as Model } from './config/model.js'

/**
 * A configuration that was read and found valid, for `createDispatcher`. Opaque: it holds secrets, and shows none when it is printed
 * or serialised.
 */
export class Config {
  readonly #model: Model

  /** @internal */
  constructor(model: Model) {
    this.#model = model
  }

  /** @internal */
  static modelOf(config: Config): Model {
    return config.#model
  }

  /** What it is, for logs. */
  toJSON(): { readonly apps: number; readonly webhooks: number; readonly shards: number; readonly queue: string } {
    const { apps, dispatcher, queue } = this.#model
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
 * @throws ConfigError with every problem that it has, ConfigFileError
 */
export async function loadConfig(source: ConfigInput | string | URL): Promise<Config> {
  return new Config(await load(source))
}
