import { EventEmitter } from 'node:events'
import { Dispatcher } from './contract.js'
import type { DispatcherEvents, DispatcherListener } from './events.js'
import { callHost } from './uncaught.js'

/**
 * `on`, `once` and `off` as Node's emitters have them. Not an `EventEmitter` itself, because a dispatcher's own `emit` emits
 * webhook events. Every listener is called, whatever another one throws; what one throws is an uncaught exception.
 */
export abstract class DispatcherEmitter extends Dispatcher {
  readonly #listeners = new EventEmitter<DispatcherEvents>()

  override on<Name extends keyof DispatcherEvents>(name: Name, listener: DispatcherListener<Name>): this {
    return this.#change(() => this.#listeners.on(name, listener as never))
  }

  override once<Name extends keyof DispatcherEvents>(name: Name, listener: DispatcherListener<Name>): this {
    return this.#change(() => this.#listeners.once(name, listener as never))
  }

  override off<Name extends keyof DispatcherEvents>(name: Name, listener: DispatcherListener<Name>): this {
    return this.#change(() => this.#listeners.off(name, listener as never))
  }

  override removeListener<Name extends keyof DispatcherEvents>(name: Name, listener: DispatcherListener<Name>): this {
    return this.off(name, listener)
  }

  override listenerCount(name: keyof DispatcherEvents): number {
    return this.#listeners.listenerCount(name)
  }

  /** Called when somebody has begun or ceased to listen. */
  protected abstract listenersChanged(): void

  protected notify<Name extends keyof DispatcherEvents>(name: Name, ...args: DispatcherEvents[Name]): void {
    for (const listener of this.#listeners.rawListeners(name)) {
      callHost(() => Reflect.apply(listener, this, args))
    }
  }

  #change(make: () => void): this {
    make()
    this.listenersChanged()
    return this
  }
}
