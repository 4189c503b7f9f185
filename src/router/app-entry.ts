import type { AppConfig, EndpointConfig } from '../config/model.js'
import type { AppIndex, EndpointNumber } from '../indexes.js'
import type { HostMetric } from '../stats/layout.js'
import { interestOf } from './interest.js'
import type { Link } from './link.js'

/** An endpoint as the main thread keeps it. */
export interface Placement {
  readonly number: EndpointNumber
  readonly config: EndpointConfig
  readonly active: boolean
  readonly generation: number
}

/** Why an app takes no events; null: it does. */
export type AppRefusal = Extract<HostMetric, 'refused_unknown_app' | 'refused_disabled'> | null

/**
 * One app on the main thread. An app that has emitted nothing costs no more than this: it is placed on a shard, and its
 * configuration sent there, at its first event.
 */
export class AppEntry {
  /** Its shard; null: not placed yet. */
  link: Link | null = null
  /** What records of this app carry. */
  index: AppIndex = -1
  placements: readonly Placement[] = []
  types = 0
  names: ReadonlySet<string>
  refusal: AppRefusal

  readonly #holdsFlaps: boolean

  constructor(
    public config: AppConfig,
    holdsFlaps: boolean,
    /** Grows from one app that is added to the next. */
    readonly sequence = 0,
  ) {
    this.#holdsFlaps = holdsFlaps
    const { types, names } = interestOf(config, holdsFlaps)
    this.types = types
    this.names = names
    this.refusal = config.enabled ? null : 'refused_disabled'
  }

  configure(config: AppConfig): void {
    this.config = config
    const { types, names } = interestOf(config, this.#holdsFlaps)
    this.types = types
    this.names = names
    this.refusal = config.enabled ? null : 'refused_disabled'
  }

  /** The app is no longer configured: handles to it refuse. */
  remove(): void {
    this.refusal = 'refused_unknown_app'
  }
}
