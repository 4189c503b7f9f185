import type { AppConfig, EndpointConfig } from '../config/model.js'
import type { PlacedApp } from '../shard/messages.js'

/** Different parts that are remembered. Past that it forgets them all and begins again. */
const MAX_PARTS = 4096

const NO_SECRETS: AppConfig['previousSecrets'] = []
const NO_HEADERS: Readonly<Record<string, string>> = {}

/**
 * Keeps what is equal in the configurations of many apps once. They come from the main thread as copies, each with its own
 * retry policy, event types and so on, which are most of its size and hardly ever differ. What may be secret is not remembered.
 */
export class SharedConfig {
  readonly #parts = new Map<string, unknown>()

  app({ config, endpoints, ...rest }: PlacedApp): PlacedApp {
    const { previousSecrets } = config
    const webhooks = config.webhooks.map((webhook) => this.#endpoint(webhook))
    return {
      ...rest,
      config: { ...config, webhooks, previousSecrets: previousSecrets.length === 0 ? NO_SECRETS : previousSecrets },
      endpoints: endpoints.map((placed) => ({
        ...placed,
        config: webhooks[config.webhooks.indexOf(placed.config)] ?? this.#endpoint(placed.config),
      })),
    }
  }

  #endpoint(config: EndpointConfig): EndpointConfig {
    return {
      ...config,
      target: withoutEmptyHeaders(config.target),
      eventTypes: this.#part(config.eventTypes),
      filter: this.#part(config.filter),
      tls: this.#part(config.tls),
      retry: this.#part(config.retry),
      circuitBreaker: this.#part(config.circuitBreaker),
      rateLimit: this.#part(config.rateLimit),
      signatures: this.#part(config.signatures),
    }
  }

  /** Plain data of the same JSON is the same. */
  #part<Part>(part: Part): Part {
    if (part === null) return part
    const key = JSON.stringify(part)
    const known = this.#parts.get(key) as Part | undefined
    if (known !== undefined) return known
    if (this.#parts.size >= MAX_PARTS) this.#parts.clear()
    this.#parts.set(key, part)
    return part
  }
}

function withoutEmptyHeaders(target: EndpointConfig['target']): EndpointConfig['target'] {
  if (target.kind !== 'http' || Object.keys(target.headers).length > 0) return target
  return { ...target, headers: NO_HEADERS }
}
