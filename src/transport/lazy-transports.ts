import type { AppConfig, EndpointConfig } from '../config/model.js'
import type { Delivery, Outcome, Transport, Transports } from './transport.js'

/** Transports whose module is loaded at the first `send`; sends wait for it, in order. */
export class LazyTransports implements Transports {
  #loading: Promise<Transports> | null = null
  #loaded: Transports | null = null
  readonly #load: () => Promise<Transports>

  /** @param load rejects when the module or what it needs is not installed; asked again at the next `send` */
  constructor(load: () => Promise<Transports>) {
    this.#load = load
  }

  open(app: AppConfig, endpoint: EndpointConfig): Transport {
    let transport: Transport | null = null
    const opened = (transports: Transports): Transport => {
      transport ??= transports.open(app, endpoint)
      return transport
    }
    return {
      send: (delivery, done) => {
        if (this.#loaded === null) this.#sendLoaded(opened, delivery, done)
        else opened(this.#loaded).send(delivery, done)
      },
    }
  }

  async close(): Promise<void> {
    await this.#loading?.then((transports) => transports.close(), nothingToClose)
  }

  #sendLoaded(opened: (transports: Transports) => Transport, delivery: Delivery, done: (o: Outcome) => void): void {
    // The array is the caller's again once `send` has returned.
    const kept: Delivery = { ...delivery, headers: [...delivery.headers] }
    this.#loading ??= this.#load()
    this.#loading.then(
      (transports) => {
        this.#loaded = transports
        opened(transports).send(kept, done)
      },
      (error: unknown) => {
        this.#loading = null
        const message = error instanceof Error ? error.message : String(error)
        done({ kind: 'rejected', failure: { cause: 'configuration', status: null, message }, stop: false })
      },
    )
  }
}

function nothingToClose(): void {
  // The module could not be loaded; whoever sent has been told why.
}
