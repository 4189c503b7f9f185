import type { SoakCounts } from './soak-receiver.js'
import { type ThreadHeaps, ThreadObserver } from './soak-thread.js'

/** Memory of the sender's process at one time, in bytes. */
export interface MemorySample {
  readonly atMs: number
  readonly rss: number
  /** Of the main thread. After a collection when `gc` is exposed. */
  readonly heapUsed: number
  readonly external: number
  readonly arrayBuffers: number
  readonly threads: ThreadHeaps
  /** The receiver's process. */
  readonly receiver: Pick<SoakCounts, 'rss' | 'heapUsed'>
}

export const MiB = 1024 * 1024
const KiB = 1024
const MS_PER_MINUTE = 60_000

/** Takes samples until it is stopped. */
export class MemoryLog {
  readonly samples: MemorySample[] = []
  private readonly startedAt = performance.now()
  private readonly observer = new ThreadObserver()
  private timer: NodeJS.Timeout
  private sampling: Promise<void> = Promise.resolve()

  /**
   * The first sample comes after half of the interval, so that deaths at the same pace fall between two samples: for some
   * seconds after one there is a thread less.
   * @param onSample called with each sample when it is taken
   */
  constructor(
    everyMs: number,
    private readonly receiver: () => Promise<SoakCounts>,
    private readonly onSample: (sample: MemorySample) => void,
  ) {
    this.timer = setTimeout(() => {
      this.sampling = this.take()
      this.timer = setInterval(() => {
        this.sampling = this.take()
      }, everyMs)
    }, everyMs / 2)
  }

  /** The rejection is that of the last sample. */
  async stop(): Promise<void> {
    clearInterval(this.timer)
    await this.sampling
    this.observer.close()
  }

  private async take(): Promise<void> {
    const threads = await this.observer.heaps()
    const receiver = await this.receiver()
    globalThis.gc?.()
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage()
    const atMs = performance.now() - this.startedAt
    const sample = { atMs, rss, heapUsed, external, arrayBuffers, threads, receiver }
    this.samples.push(sample)
    this.onSample(sample)
  }
}

/** How fast the process grows over the second half of the samples, by least squares, in KiB a minute. */
export function slopeKiBPerMinute(samples: readonly MemorySample[]): number {
  const half = samples.slice(samples.length >>> 1)
  const mean = (measure: (sample: MemorySample) => number) =>
    half.reduce((sum, sample) => sum + measure(sample), 0) / half.length
  const meanAtMs = mean(({ atMs }) => atMs)
  const meanRss = mean(({ rss }) => rss)
  const variance = mean(({ atMs }) => (atMs - meanAtMs) ** 2)
  if (half.length < 2 || variance === 0) return 0
  const covariance = mean(({ atMs, rss }) => (atMs - meanAtMs) * (rss - meanRss))
  return ((covariance / variance) * MS_PER_MINUTE) / KiB
}

/** One line: times in seconds, sizes in MiB. */
export function describeSample(sample: MemorySample): string {
  const { atMs, rss, heapUsed, external, arrayBuffers, threads, receiver } = sample
  const size = (bytes: number) => (bytes / MiB).toFixed(1)
  return [
    `${Math.round(atMs / 1000)} s`,
    `rss ${size(rss)}`,
    `main heap ${size(heapUsed)}`,
    `external ${size(external)}`,
    `array buffers ${size(arrayBuffers)}`,
    `${threads.threads} threads' heaps ${size(threads.heapUsed)}`,
    `receiver's rss ${size(receiver.rss)} heap ${size(receiver.heapUsed)}`,
  ].join('  ')
}
