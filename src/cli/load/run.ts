import { setTimeout as pause } from 'node:timers/promises'
import { Child } from './child.js'
import { monotonicMs } from './clock.js'
import type { DriverReport, DriverRequest, ReceiverReport, ReceiverRequest } from './messages.js'
import { Recording, type Sample } from './recording.js'
import { type LoadReport, reportOf } from './report.js'
import { lengthInSeconds } from './schedule.js'
import type { LoadSettings } from './settings.js'

/** A dispatcher of very many apps takes its time to start. */
const START_LIMIT_MS = 300_000
const SAMPLES = 60
const SHORTEST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 500

/**
 * A run over its own processes: starting → emitting → draining → done.
 *
 * `samples` must be read to the end, or until it throws; `end` must be called in every case.
 */
export class LoadRun {
  readonly #receivers: readonly Child<ReceiverRequest, ReceiverReport>[]
  readonly #driver: Child<DriverRequest, DriverReport>
  #recording: Recording | null = null
  #isStopped = false

  readonly #settings: LoadSettings

  constructor(settings: LoadSettings) {
    this.#settings = settings
    this.#receivers = Array.from(
      { length: settings.receivers },
      (_, index) => new Child(`receiver ${index + 1}`, new URL('./receiver-process.js', import.meta.url)),
    )
    this.#driver = new Child('the driver', new URL('./driver-process.js', import.meta.url))
  }

  /** Runs it. @throws LoadError when one of its processes dies */
  async *samples(): AsyncGenerator<Sample> {
    const settings = this.#settings
    const started = await Promise.all(
      this.#receivers.map((receiver, index) => receiver.ask({ kind: 'start', settings, index })),
    )
    const ports = started.map(({ port }) => port)
    const ready = await this.#driver.ask({ kind: 'start', settings, ports }, START_LIMIT_MS)
    const epochMs = monotonicMs()
    const recording = new Recording(settings, ready, epochMs)
    await this.#askReceivers({ kind: 'go', epochMs })
    await this.#driver.ask({ kind: 'go', epochMs })
    this.#recording = recording
    if (this.#isStopped) this.stop()
    const pauseMs = pauseFor(settings)
    for (let phase = 'emitting'; phase !== 'done'; ) {
      await pause(pauseMs)
      const driver = await this.#driver.ask({ kind: 'report' })
      const sample = recording.add(driver, await this.#askReceivers({ kind: 'report' }))
      phase = sample.phase
      yield sample
    }
  }

  /** Emits no more and drains; called again, it does not wait for that either. */
  stop(): void {
    this.#isStopped = true
    // If the driver is dead, the next report says so.
    if (this.#recording !== null) this.#driver.ask({ kind: 'stop' }).catch(() => undefined)
  }

  /** @throws Error before anything was emitted */
  report(): LoadReport {
    if (this.#recording === null) throw new Error('the run has not begun')
    return reportOf(this.#settings, this.#recording, this.#isStopped)
  }

  /** Ends its processes. */
  async end(): Promise<void> {
    await Promise.all([this.#driver, ...this.#receivers].map((child) => child.end()))
  }

  #askReceivers(request: ReceiverRequest): Promise<ReceiverReport[]> {
    return Promise.all(this.#receivers.map((receiver) => receiver.ask(request)))
  }
}

function pauseFor(settings: LoadSettings): number {
  const lengthMs = (lengthInSeconds(settings) ?? Number.POSITIVE_INFINITY) * 1000
  return Math.min(Math.max(lengthMs / SAMPLES, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS)
}
