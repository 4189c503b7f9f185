import type { Readable } from 'node:stream'

/**
 * The chunks of an input, until it ends or `stop` aborts. Nothing is read ahead while a chunk is worked on, save what the stream
 * buffers; that is still yielded after the stop, and then the input is closed, so that its writer hears that nobody reads.
 * @throws the error of the input
 */
export async function* inputChunks(input: Readable, stop: AbortSignal): AsyncGenerator<Buffer, void, void> {
  const news = new News(input, stop)
  try {
    for (;;) {
      const isLast = stop.aborted
      const chunk: Buffer | null = input.read()
      if (isLast) input.destroy()
      if (chunk !== null) yield chunk
      if (isLast) return
      if (chunk !== null) continue
      if (input.errored !== null) throw input.errored
      if (input.readableEnded || input.destroyed) return
      await news.next()
    }
  } finally {
    news.close()
  }
}

const NEWS = ['readable', 'end', 'close'] as const

/** Whatever may make another `read` worth while. */
class News {
  #hasNews = false
  #wake: () => void = () => undefined
  readonly #input: Readable
  readonly #stop: AbortSignal

  constructor(input: Readable, stop: AbortSignal) {
    this.#input = input
    this.#stop = stop
    for (const name of NEWS) input.on(name, this.#heard)
    input.on('error', this.#heard)
    stop.addEventListener('abort', this.#heard)
  }

  async next(): Promise<void> {
    if (!this.#hasNews) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    this.#hasNews = false
  }

  /** The listener to errors stays: one that comes after the stop concerns nobody, and must not end the process. */
  close(): void {
    for (const name of NEWS) this.#input.off(name, this.#heard)
    this.#stop.removeEventListener('abort', this.#heard)
  }

  readonly #heard = (): void => {
    this.#hasNews = true
    this.#wake()
  }
}
