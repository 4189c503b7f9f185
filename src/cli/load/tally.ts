import { createHmac } from 'node:crypto'
import { TICKS_PER_MS } from './clock.js'
import { Histogram } from './histogram.js'
import { readMarks } from './mark.js'
import type { ReceiverReport } from './messages.js'
import { NumberSet } from './number-set.js'
import type { ReceivedRequest } from './request-reader.js'
import { type LoadSettings, secretOf } from './settings.js'

/** What a tally must see of a request. */
export type TalliedRequest = Pick<ReceivedRequest, 'body' | 'header'>

/** What one receiver has got: which events, how late, and with which signatures. */
export class Tally {
  readonly #seen: readonly NumberSet[]
  readonly #latency = new Histogram()
  readonly #warmUpTicks: number
  readonly #verifyEvery: number
  #epochMs = 0
  #requests = 0
  #repeated = 0
  #failed = 0
  #checked = 0
  #wrongSignatures = 0
  #unreadable = 0

  constructor({ endpoints, warmUpSeconds, verify }: Pick<LoadSettings, 'endpoints' | 'warmUpSeconds' | 'verify'>) {
    this.#seen = Array.from({ length: endpoints }, () => new NumberSet())
    this.#warmUpTicks = warmUpSeconds * 1000 * TICKS_PER_MS
    this.#verifyEvery = verify
  }

  startAt(epochMs: number): void {
    this.#epochMs = epochMs
  }

  /** A request that is answered with a failure: it will come again, and counts when it is accepted. */
  refuse(): void {
    this.#requests += 1
    this.#failed += 1
  }

  /** @param endpoint which of its app's webhooks it came to */
  accept(endpoint: number, request: TalliedRequest, nowMs: number): void {
    this.#requests += 1
    this.#verify(request)
    const seen = this.#seen[endpoint]
    if (seen === undefined) {
      this.#unreadable += 1
      return
    }
    const nowTick = Math.round((nowMs - this.#epochMs) * TICKS_PER_MS)
    this.#unreadable += readMarks(request.body, (number, tick) => {
      if (!seen.add(number)) this.#repeated += 1
      else if (tick >= this.#warmUpTicks) this.#latency.record(nowTick - tick)
    })
  }

  report(port: number): ReceiverReport {
    const requests = this.#requests
    const repeated = this.#repeated
    const failed = this.#failed
    const checked = this.#checked
    const wrongSignatures = this.#wrongSignatures
    const unreadable = this.#unreadable
    const received = this.#seen.reduce((sum, { size }) => sum + size, 0)
    const latency = this.#latency.take()
    return { port, requests, received, repeated, failed, checked, wrongSignatures, unreadable, latency }
  }

  /** Without Signpost's own code, which is what is to be checked. */
  #verify(request: TalliedRequest): void {
    if (this.#verifyEvery === 0 || (this.#requests - 1) % this.#verifyEvery !== 0) return
    const key = request.header('x-pusher-key') ?? ''
    const right = createHmac('sha256', secretOf(key)).update(request.body).digest('hex')
    this.#checked += 1
    if (request.header('x-pusher-signature') !== right) this.#wrongSignatures += 1
  }
}
