import type { AppConfig, EndpointConfig } from '../config/model.js'
import type { Courier } from '../courier/courier.js'
import type { AppIndex, EndpointNumber } from '../indexes.js'
import type { PlacedEndpoint } from '../shard/messages.js'
import type { Signer } from '../signing/scheme.js'
import { createSigner } from '../signing/schemes.js'
import type { Transport, Transports } from '../transport/transport.js'
import type { Backlog } from './backlog.js'

/** The half of an endpoint that deliver knows. Connections and keys are made when the first batch leaves. */
export class Endpoint {
  courier: Courier | null = null
  deadLetters = 0
  /** Arena bytes of its batches that deliver has. */
  heldBytes = 0
  /** Batches that are on their way to the store, to be delivered by whichever process gets them. */
  leaving = 0
  /** What it has in a durable queue alone, or null for nothing. */
  backlog: Backlog | null = null
  #cachedTransport: Transport | null = null
  #cachedSigner: Signer | null = null

  #appConfig: AppConfig
  #endpointConfig: EndpointConfig
  #changedAt: number

  constructor(
    readonly number: EndpointNumber,
    readonly appIndex: AppIndex,
    appConfig: AppConfig,
    endpointConfig: EndpointConfig,
    changedAt: number,
  ) {
    this.#appConfig = appConfig
    this.#endpointConfig = endpointConfig
    this.#changedAt = changedAt
  }

  get app(): AppConfig {
    return this.#appConfig
  }

  get config(): EndpointConfig {
    return this.#endpointConfig
  }

  /** The marker of the change that configured it so. */
  get generation(): number {
    return this.#changedAt
  }

  /** Whether there is nothing to remember of it: one that is created again would do the same from now on. */
  isAtRest(nowMs: number): boolean {
    const isAlone = this.deadLetters === 0 && this.leaving === 0 && this.backlog === null
    return isAlone && (this.courier?.isAtRest(nowMs) ?? true)
  }

  /** Takes effect at the next attempt, of batches that are waiting too: a rotated secret signs at once. */
  configure(app: AppConfig, placed: PlacedEndpoint, nowMs: number): void {
    this.#appConfig = app
    this.#endpointConfig = placed.config
    this.#changedAt = placed.generation
    this.#cachedTransport = null
    this.#cachedSigner = null
    this.courier?.configure(placed.config, nowMs)
  }

  transport(transports: Transports): Transport {
    this.#cachedTransport ??= transports.open(this.#appConfig, this.#endpointConfig)
    return this.#cachedTransport
  }

  get signer(): Signer {
    this.#cachedSigner ??= createSigner(this.#appConfig, this.#endpointConfig.signatures)
    return this.#cachedSigner
  }
}
