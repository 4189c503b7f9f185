/** The program of the process that holds the dispatcher: emits, drains and tells how it goes. */
import { createDispatcher, type Dispatcher } from '../../index.js'
import { answerRequests } from './child-side.js'
import { monotonicMs, TICKS_PER_MS } from './clock.js'
import { appId, driverConfig } from './driver-config.js'
import { Emission } from './emission.js'
import { drawEvenly } from './even.js'
import { LoopDelay } from './loop-delay.js'
import { MarkWriter, TYPICAL_MARK_LENGTH } from './mark.js'
import type { DriverReport, DriverRequest, Phase } from './messages.js'
import { EventMix, fillerFor } from './mix.js'
import { type Random, seededRandom } from './random.js'
import { createSchedule } from './schedule.js'
import type { LoadSettings, Range } from './settings.js'
import { allThreadsCpuNs, mainThreadCpuNs } from './thread-cpu.js'
import { drawZipf } from './zipf.js'

const DRAWS = 2 ** 20
const PAYLOAD_SIZES = 61

class Driver {
  #phase: Phase = 'ready'
  readonly #emission: Emission
  readonly #loopDelay = new LoopDelay()
  #waitNoLonger: () => void = () => undefined
  #epochMs = 0
  #emittedAtMs: number | null = null
  #settledAtMs: number | null = null
  #cpuAtStart = { main: mainThreadCpuNs(), all: allThreadsCpuNs() }

  readonly #dispatcher: Dispatcher
  readonly #settings: LoadSettings

  constructor(dispatcher: Dispatcher, settings: LoadSettings) {
    this.#dispatcher = dispatcher
    this.#settings = settings
    this.#emission = new Emission(createSchedule(settings), settings.drainSeconds * 1000, {
      nowMs: monotonicMs,
      offer: offering(dispatcher, settings),
    })
  }

  /** Runs in the background; its failure ends the process, and so does the parent's end. */
  async go(epochMs: number): Promise<void> {
    this.#epochMs = epochMs
    this.#phase = 'emitting'
    this.#loopDelay.start()
    this.#cpuAtStart = { main: mainThreadCpuNs(), all: allThreadsCpuNs() }
    await this.#emission.run(epochMs)
    this.#emittedAtMs = monotonicMs()
    this.#phase = 'draining'
    await this.#drained()
    this.#settledAtMs = monotonicMs()
    this.#phase = 'done'
  }

  stop(): void {
    if (this.#phase === 'draining') this.#waitNoLonger()
    this.#emission.stop()
  }

  /** Resolves when all is delivered, the time for that is over, or `stop` is called once more. */
  async #drained(): Promise<void> {
    const late = setTimeout(() => this.#waitNoLonger(), this.#settings.drainSeconds * 1000)
    const cut = new Promise<void>((resolve) => {
      this.#waitNoLonger = resolve
    })
    await Promise.race([this.#dispatcher.flush(), cut])
    clearTimeout(late)
  }

  report(): DriverReport {
    const stats = this.#dispatcher.stats()
    const main = mainThreadCpuNs()
    const atMs = monotonicMs()
    const refused = Object.entries(stats).filter(([name, count]) => name.startsWith('refused_') && count !== 0)
    return {
      phase: this.#phase,
      atMs,
      emittingMs: (this.#emittedAtMs ?? atMs) - this.#epochMs,
      runMs: (this.#settledAtMs ?? atMs) - this.#epochMs,
      accepted: stats.accepted,
      refused: Object.fromEntries(refused.map(([name, count]) => [name.replace('refused_', ''), Number(count)])),
      delivered: stats.delivered,
      deliveredRequests: stats.delivered_requests,
      attempts: stats.attempts,
      retries: stats.retries,
      deadLettered: stats.dead_lettered,
      loopDelayMs: this.#loopDelay.take(),
      rssBytes: process.memoryUsage.rss(),
      mainThreadCpuNs: main === null || this.#cpuAtStart.main === null ? null : main - this.#cpuAtStart.main,
      allThreadsCpuNs: allThreadsCpuNs() - this.#cpuAtStart.all,
    }
  }
}

/** All that can be computed beforehand is, so that offering an event costs little beside `emit` itself. */
function offering(dispatcher: Dispatcher, settings: LoadSettings): (number: number, dueMs: number) => boolean {
  const random = seededRandom(settings.seed)
  const handles = Array.from({ length: settings.apps }, (_, index) => dispatcher.app(appId(index)))
  const mix = new EventMix(settings.mix, random)
  const marks = new MarkWriter()
  const fillers = payloadSizes(settings.payload).map((bytes) => fillerFor(bytes, TYPICAL_MARK_LENGTH))
  const drawn = draw(settings, random)
  return (number, dueMs) => {
    const app = handles[drawn === null ? number % handles.length : (drawn[number % DRAWS] ?? 0)]
    const filler = fillers[number % fillers.length]
    if (app === undefined || filler === undefined) return false
    return mix.emit(number, app, marks.write(number, Math.round(dueMs * TICKS_PER_MS)), filler)
  }
}

/** Which app each event goes to, again and again; null: each in turn. */
function draw({ distribution, apps }: LoadSettings, random: Random): Uint32Array | null {
  if (distribution === 'zipf') return drawZipf(apps, DRAWS, random)
  return distribution === 'even' ? drawEvenly(apps, DRAWS, random) : null
}

/** Evenly over the range. */
function payloadSizes({ least, most }: Range): number[] {
  if (least === most) return [least]
  return Array.from({ length: PAYLOAD_SIZES }, (_, index) =>
    Math.round(least + ((most - least) * index) / (PAYLOAD_SIZES - 1)),
  )
}

let driver: Driver | undefined

answerRequests(async (request: DriverRequest) => {
  if (request.kind === 'start') {
    const dispatcher = await createDispatcher(driverConfig(request.settings, request.ports))
    driver = new Driver(dispatcher, request.settings)
  }
  if (driver === undefined) throw new Error('the driver was not started')
  if (request.kind === 'go') {
    driver.go(request.epochMs).catch((error: unknown) => {
      console.error(error)
      process.exit(1)
    })
  }
  if (request.kind === 'stop') driver.stop()
  return driver.report()
})
