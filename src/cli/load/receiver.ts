/** The program of a receiving process. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { answerRequests } from './child-side.js'
import { monotonicMs } from './clock.js'
import type { ReceiverReport, ReceiverRequest } from './messages.js'
import { type Random, seededRandom } from './random.js'
import type { LoadSettings } from './settings.js'
import { Tally } from './tally.js'

/** Longer than the dispatcher keeps a connection, so that none is closed under a request. */
const KEEP_ALIVE_MS = 600_000

class LoadReceiver {
  private readonly tally: Tally
  private readonly random: Random
  private readonly server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) =>
    this.receive(request, response),
  )

  constructor(
    private readonly settings: LoadSettings,
    index: number,
  ) {
    this.tally = new Tally(settings)
    this.random = seededRandom(settings.seed + index)
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(0, '127.0.0.1', resolve)
    })
  }

  startAt(epochMs: number): void {
    this.tally.startAt(epochMs)
  }

  report(): ReceiverReport {
    const address = this.server.address()
    return this.tally.report(typeof address === 'object' && address !== null ? address.port : 0)
  }

  private receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const [only, ...others] = chunks
      this.take(request, only !== undefined && others.length === 0 ? only : Buffer.concat(chunks), response)
    })
  }

  private take({ url = '', headers }: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const { failShare, delayMs, delayShare } = this.settings
    if (failShare > 0 && this.random() < failShare) {
      this.tally.refuse()
      response.statusCode = 500
    } else {
      this.tally.accept(Number(url.slice(1)), headers, body, monotonicMs())
    }
    if (delayMs > 0 && this.random() < delayShare) setTimeout(() => response.end(), delayMs)
    else response.end()
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
