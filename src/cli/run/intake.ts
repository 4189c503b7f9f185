import { setTimeout as wait } from 'node:timers/promises'
import type { Dispatcher, Logger } from '../../index.js'
import { type EventLine, readEventLine } from './event-line.js'
import { type Line, LineSplitter } from './line-splitter.js'
import { LineTally, type LineTotals } from './line-tally.js'
import { type Refusal, RefusalReader, remedyFor } from './refusals.js'
import { Room } from './room.js'
import { StallLog } from './stall-log.js'

/** What the intake needs of a dispatcher. */
export type EventTaker = Pick<Dispatcher, 'emit' | 'on' | 'stats' | 'apps'>

export interface IntakeOptions {
  /** Of a line, in bytes. */
  readonly maxLineBytes: number
  readonly logger: Logger
  /** Waits that many ms, or until the signal aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Between two look-ups of an app in a database that does not answer or has not been read, in ms. */
const LOOK_UP_PAUSE_MS = 1000

const sleepOrAbort = (ms: number, signal: AbortSignal): Promise<void> =>
  wait(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })

/**
 * Emits the events of an input, a line each, in their order. An event that is refused for want of room is offered again at every
 * `'drain'`, and nothing more is read before it is taken.
 */
export class Intake {
  readonly #dispatcher: EventTaker
  readonly #splitter: LineSplitter
  readonly #logger: Logger
  readonly #tally = new LineTally()
  readonly #room: Room
  readonly #refusals: RefusalReader
  readonly #stalls: StallLog
  readonly #sleep: (ms: number, signal: AbortSignal) => Promise<void>

  constructor(dispatcher: EventTaker, { maxLineBytes, logger, sleep = sleepOrAbort }: IntakeOptions) {
    this.#dispatcher = dispatcher
    this.#splitter = new LineSplitter(maxLineBytes)
    this.#logger = logger
    this.#room = new Room(dispatcher)
    this.#stalls = new StallLog(logger)
    this.#sleep = sleep
    this.#refusals = new RefusalReader(() => dispatcher.stats())
  }

  get totals(): LineTotals {
    return this.#tally.totals
  }

  /**
   * Takes all events of an input.
   * @param stopped aborts when the input ends before its time: a line that has only begun is not taken then
   * @param giveUp aborts when there is no more time to wait: what has been read and not taken is counted
   * @throws the error of the input
   */
  async consume(chunks: AsyncIterable<Buffer>, stopped: AbortSignal, giveUp: AbortSignal): Promise<void> {
    for await (const chunk of chunks) {
      for (const line of this.#splitter.push(chunk)) {
        // Most lines are taken at once: only those that are not cost a promise.
        const waiting = this.#take(line, giveUp)
        if (waiting !== null) await waiting
      }
    }
    if (!stopped.aborted) {
      const last = this.#splitter.end()
      if (last !== null) await this.#take(last, giveUp)
    } else if (this.#splitter.hasPartialLine) this.#tally.notTaken()
  }

  /** @returns null when it is done with the line */
  #take({ number, bytes }: Line, giveUp: AbortSignal): Promise<void> | null {
    const line = readEventLine(bytes)
    switch (line.kind) {
      case 'blank':
        return null
      case 'invalid':
        if (this.#tally.invalid(number))
          this.#logger.warn({ line: number }, `line ${number} is invalid: ${line.reason}`)
        return null
      case 'event':
        return this.#offer(line) ? null : this.#refused(number, line, giveUp)
    }
  }

  /** @returns whether it was accepted */
  #offer({ app, event }: EventLine & { kind: 'event' }): boolean {
    const isAccepted = this.#dispatcher.emit(app, event)
    if (isAccepted) this.#tally.accepted()
    return isAccepted
  }

  async #refused(number: number, line: EventLine & { kind: 'event' }, giveUp: AbortSignal): Promise<void> {
    let cause = this.#refusals.read()
    if (remedyFor(cause) === 'give-up') return this.#count(number, line.app, cause)
    const stall = this.#stalls.begin(number, line.app, cause)
    for (let tries = 1; remedyFor(cause) !== 'give-up' && !giveUp.aborted; tries++) {
      if (remedyFor(cause) === 'wait-for-room') await this.#room.next(giveUp)
      else await this.#lookUp(line.app, tries, giveUp)
      if (this.#offer(line)) return stall.end()
      cause = this.#refusals.read()
    }
    if (remedyFor(cause) === 'give-up') {
      stall.end()
      this.#count(number, line.app, cause)
    } else {
      stall.abandon()
      this.#tally.notTaken()
    }
  }

  #count(number: number, app: string, cause: Refusal): void {
    if (!this.#tally.refused(number, cause)) return
    this.#logger.warn({ line: number, app, cause }, `the event on line ${number} was refused`)
  }

  /** Waits before all but the first look-up: an app that is not in the database is refused as unknown after one. */
  async #lookUp(app: string, tries: number, giveUp: AbortSignal): Promise<void> {
    if (tries > 1) await this.#sleep(LOOK_UP_PAUSE_MS, giveUp)
    try {
      await this.#dispatcher.apps.load(app)
    } catch (error) {
      if (tries === 1) this.#logger.warn({ err: error, app }, 'an app could not be looked up: its event waits')
    }
  }
}
