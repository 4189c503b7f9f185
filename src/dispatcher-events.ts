import { EventEmitter } from 'node:events'
import type { DeliveredReport, DroppedReport, EndpointReport, FailedReport } from './shard/messages.js'
import type { RestartReport } from './supervisor/restart-report.js'

/** What `dispatcher.on` tells, by event name. */
export interface DispatcherEvents {
  /** After a refusal there is room again. */
  drain: []
  /** A batch was acknowledged. */
  delivered: [DeliveredReport]
  /** A batch was given up. */
  failed: [FailedReport]
  /** A batch that was given up is kept for `deadLetters`. */
  'dead-letter': [FailedReport]
  /**
   * `dispatcher.on_full: drop-oldest` dropped batches of an endpoint that had used up its share of the arena. One report an
   * endpoint and turn of its shard's loop, however many batches went; `stats().dropped_oldest` counts the same events.
   */
  dropped: [DroppedReport]
  /** A shard's thread died; another has taken over. */
  'shard-restart': [RestartReport]
  /** A shard died too often and is not started again; its apps are refused. */
  'shard-down': [{ readonly shard: number; readonly cause: Error }]
  /** An endpoint gets no requests: its circuit opened, or it answered 410. */
  'endpoint-open': [EndpointReport]
  /** Its circuit closed again. */
  'endpoint-closed': [EndpointReport]
}

/** A logger as pino has it: fields first, then the message. */
export interface Logger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export const SILENT: Logger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

type Listener<Name extends keyof DispatcherEvents> = (...args: DispatcherEvents[Name]) => void

/**
 * `on`, `once` and `off` as Node's emitters have them. Not an `EventEmitter` itself, because a dispatcher's own `emit` emits
 * webhook events.
 */
export abstract class DispatcherEmitter {
  private readonly listeners = new EventEmitter<DispatcherEvents>()

  on<Name extends keyof DispatcherEvents>(name: Name, listener: Listener<Name>): this {
    return this.change(() => this.listeners.on(name, listener as never))
  }

  once<Name extends keyof DispatcherEvents>(name: Name, listener: Listener<Name>): this {
    return this.change(() => this.listeners.once(name, listener as never))
  }

  off<Name extends keyof DispatcherEvents>(name: Name, listener: Listener<Name>): this {
    return this.change(() => this.listeners.off(name, listener as never))
  }

  /** The same as `off`: what `events.once(dispatcher, name)` calls. */
  removeListener<Name extends keyof DispatcherEvents>(name: Name, listener: Listener<Name>): this {
    return this.off(name, listener)
  }

  listenerCount(name: keyof DispatcherEvents): number {
    return this.listeners.listenerCount(name)
  }

  /** Called when somebody has begun or ceased to listen. */
  protected abstract listenersChanged(): void

  protected tell<Name extends keyof DispatcherEvents>(name: Name, ...args: DispatcherEvents[Name]): void {
    this.listeners.emit(name, ...(args as never))
  }

  private change(make: () => void): this {
    make()
    this.listenersChanged()
    return this
  }
}
