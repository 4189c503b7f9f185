/** The program of a receiving process. */
import { answerRequests } from './child-side.js'
import { monotonicMs } from './clock.js'
import type { ReceiverReport, ReceiverRequest } from './messages.js'
import { type Random, seededRandom } from './random.js'
import type { ReceivedRequest } from './request-reader.js'
import type { LoadSettings } from './settings.js'
import { type Answer, Sink } from './sink.js'
import { Tally } from './tally.js'

class LoadReceiver {
  readonly #tally: Tally
  readonly #random: Random
  readonly #sink = new Sink((request, answer) => this.#receive(request, answer))
  #port = 0

  readonly #settings: LoadSettings

  constructor(settings: LoadSettings, index: number) {
    this.#settings = settings
    this.#tally = new Tally(settings)
    this.#random = seededRandom(settings.seed + index)
  }

  async listen(): Promise<void> {
    this.#port = await this.#sink.listen()
  }

  startAt(epochMs: number): void {
    this.#tally.startAt(epochMs)
  }

  report(): ReceiverReport {
    return this.#tally.report(this.#port)
  }

  #receive(request: ReceivedRequest, answer: Answer): void {
    const { failShare, delayMs, delayShare } = this.#settings
    const isRefused = failShare > 0 && this.#random() < failShare
    if (isRefused) this.#tally.refuse()
    else this.#tally.accept(Number(request.target.slice(1)), request, monotonicMs())
    const status = isRefused ? 500 : 200
    if (delayMs > 0 && this.#random() < delayShare) setTimeout(answer, delayMs, status)
    else answer(status)
  }
}

let receiver: LoadReceiver | undefined

answerRequests(async (request: ReceiverRequest) => {
  if (request.kind === 'start') {
    receiver = new LoadReceiver(request.settings, request.index)
    await receiver.listen()
  }
  if (receiver === undefined) throw new Error('a receiver was not started')
  if (request.kind === 'go') receiver.startAt(request.epochMs)
  return receiver.report()
})
