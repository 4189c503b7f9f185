import type { ServerOptions } from 'node:https'
import { SignpostError } from '../errors.js'
import type { StandardEvent, StandardEventName, WebhookEvent } from '../receiver/index.js'
import { type Duration, durationOf } from '../time/duration.js'
import { FaultPlan } from './fault-plan.js'
import type { Fault } from './faults.js'
import { TestHttpServer } from './http-server.js'
import type { Inspector } from './inspector.js'
import { type RecordedRequest, summarize } from './recorded-request.js'
import { Recorder } from './recorder.js'
import { Responder } from './responder.js'
import { Waiters } from './waiters.js'

/** How long a wait may take. */
export interface WaitOptions {
  /** How long to wait, in ms; Infinity: until it comes. */
  readonly timeoutMs?: number | undefined
}

/**
 * What a test waited for did not come: `TIMEOUT`, or the receiver was closed first: `CLOSED`. The message lists what did
 * arrive.
 */
export class ReceiverWaitError extends SignpostError {
  override name = 'ReceiverWaitError'
}

/** A receiver for tests: records what comes, acknowledges what is good, and fails when told to. */
export class TestReceiver implements AsyncDisposable {
  readonly #faults = new FaultPlan()
  readonly #waiters = new Waiters()
  readonly #recorder = new Recorder()
  readonly #responder: Responder
  readonly #server: TestHttpServer
  readonly #timeoutMs: Duration

  /** @internal */
  constructor(inspect: Inspector, tls: ServerOptions | null, timeoutMs: Duration) {
    this.#timeoutMs = timeoutMs
    this.#responder = new Responder(inspect, this.#faults, this.#recorder, () => this.#waiters.notify())
    this.#server = new TestHttpServer(tls, (exchange) => this.#responder.respond(exchange))
  }

  /** @internal */
  async listen(port: number): Promise<void> {
    await this.#server.listen(port)
  }

  /** Where it takes webhooks. Any other path of the same origin will do as well. */
  get url(): string {
    return `${this.origin}/webhooks`
  }

  /** Scheme, host and port. */
  get origin(): string {
    return this.#server.origin
  }

  /** The port on 127.0.0.1. */
  get port(): number {
    return this.#server.port
  }

  /** Every request, in the order in which they came, whatever became of it. */
  get requests(): readonly RecordedRequest[] {
    return this.#recorder.requests
  }

  /** The events of every delivery that was acknowledged, once each: verified, struck by no fault but a delay, and answered with 200. */
  get received(): readonly WebhookEvent[] {
    return this.#recorder.received
  }

  /** Good requests whose delivery had been acknowledged before. */
  get duplicates(): readonly RecordedRequest[] {
    return this.#recorder.duplicates
  }

  /** Requests that came whole and were refused, each with its `error`. */
  get invalid(): readonly RecordedRequest[] {
    return this.requests.filter(({ error }) => error !== null && error.code !== 'BODY_ABORTED')
  }

  /** Requests whose sender broke off. */
  get aborted(): readonly RecordedRequest[] {
    return this.requests.filter(({ error }) => error?.code === 'BODY_ABORTED')
  }

  /** How many connections have been made. */
  get connections(): number {
    return this.#server.connectionCount
  }

  /** The most requests that were waiting for their answer at once. */
  get maxInFlight(): number {
    return this.#responder.maxInFlight
  }

  /**
   * Plans a failure for requests to come; several are worked off in the order in which they were planned.
   * @throws SignpostError `INVALID_FAULT` for an unknown key, and for what does not name exactly one way to fail or a delay alone,
   * `INVALID_DURATION`
   */
  fail(fault: Fault): void {
    this.#faults.add(fault)
  }

  /** Forgets the failures that are still planned. */
  heal(): void {
    this.#faults.clear()
  }

  /**
   * The next received event that no `next` has given before, of that name if one is given.
   * @throws ReceiverWaitError, SignpostError `INVALID_DURATION`
   */
  next<N extends StandardEventName>(name: N, options?: WaitOptions): Promise<Extract<StandardEvent, { name: N }>>
  next(name?: string, options?: WaitOptions): Promise<WebhookEvent>
  async next(name?: string, options?: WaitOptions): Promise<WebhookEvent> {
    const what = name === undefined ? 'an event' : `an event ${JSON.stringify(name)}`
    return this.#wait(what, () => this.#recorder.takeEvent(name), options)
  }

  /**
   * The next request that `nextRequest` has not given before, whatever became of it.
   * @throws ReceiverWaitError
   */
  async nextRequest(options?: WaitOptions): Promise<RecordedRequest> {
    return this.#wait('a request', () => this.#recorder.takeRequest(), options)
  }

  /**
   * Waits until the predicate holds. It is asked now and whenever something has arrived.
   * @throws ReceiverWaitError, or what the predicate throws
   */
  async waitFor(predicate: (receiver: this) => boolean, options?: WaitOptions): Promise<void> {
    await this.#wait('what the predicate asks for', () => predicate(this) || undefined, options)
  }

  /** Ends every connection and the server. Who still waits gets a `ReceiverWaitError`. */
  async close(): Promise<void> {
    this.#waiters.close()
    await this.#server.close()
  }

  /** Closes it, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #wait<T>(what: string, find: () => T | undefined, options: WaitOptions = {}): Promise<T> {
    const timeoutMs = options.timeoutMs === undefined ? this.#timeoutMs : durationOf(options.timeoutMs, 'timeoutMs')
    const result = await this.#waiters.wait(find, timeoutMs)
    const arrived = summarize(this.requests)
    switch (result.kind) {
      case 'found':
        return result.value
      case 'timeout':
        throw new ReceiverWaitError('TIMEOUT', `${what} did not come within ${timeoutMs} ms; ${arrived}`)
      case 'closed':
        throw new ReceiverWaitError('CLOSED', `the receiver was closed before ${what} came; ${arrived}`)
    }
  }
}
