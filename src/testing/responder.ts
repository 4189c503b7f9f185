import { readStream } from '../receiver/adapters/read-body.js'
import { WebhookError } from '../receiver/index.js'
import type { FaultPlan } from './fault-plan.js'
import { type Fault, misbehave } from './faults.js'
import type { Exchange } from './http-server.js'
import { type Inspector, refusal, unread } from './inspector.js'
import type { Finding, RecordedRequest } from './recorded-request.js'
import type { Recorder } from './recorder.js'

const maxBodyBytes = 64 * 1024 * 1024

/** Answers requests: as they deserve, or as the next fault has it. */
export class Responder {
  readonly #inspect: Inspector
  readonly #faults: FaultPlan
  readonly #recorder: Recorder
  readonly #arrived: () => void
  #inFlight = 0
  #maxInFlight = 0

  /** @param arrived is called whenever the recorder has something new */
  constructor(inspect: Inspector, faults: FaultPlan, recorder: Recorder, arrived: () => void) {
    this.#inspect = inspect
    this.#faults = faults
    this.#recorder = recorder
    this.#arrived = arrived
  }

  /** The most requests that were waiting for their answer at once. */
  get maxInFlight(): number {
    return this.#maxInFlight
  }

  async respond(exchange: Exchange): Promise<void> {
    this.#countInFlight(exchange)
    const fault = this.#faults.take(exchange.request.url ?? '/')
    if (fault?.beforeBody && (await misbehave(exchange, fault)) === 'done') {
      this.#record(exchange, fault, Buffer.alloc(0), unread)
      return
    }
    const body = await readStream(exchange.request, maxBodyBytes)
    const recorded =
      body instanceof WebhookError
        ? this.#record(exchange, fault, Buffer.alloc(0), refusal(body))
        : this.#record(exchange, fault, body, this.#inspect(exchange.request.headers, body))
    if (fault !== null && !fault.beforeBody && (await misbehave(exchange, fault)) === 'done') return
    this.#answer(exchange, recorded)
  }

  #answer({ response }: Exchange, recorded: RecordedRequest): void {
    const { error } = recorded
    if (error === null) {
      this.#recorder.acknowledge(recorded)
      this.#arrived()
      response.writeHead(200).end()
    } else {
      const body = JSON.stringify({ error: { code: error.code, message: error.message } })
      response.writeHead(error.status, { 'content-type': 'application/json' }).end(body)
    }
  }

  #record({ request, connection }: Exchange, fault: Fault | null, body: Uint8Array, finding: Finding): RecordedRequest {
    const { method = '', url: path = '', headers, rawHeaders } = request
    const [id = null] = [headers['webhook-id']].flat()
    const recorded: RecordedRequest = {
      method,
      path,
      headers,
      rawHeaders,
      body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
      receivedAtMs: Date.now(),
      id,
      attempt: this.#recorder.countAttempt(id),
      connection: connection.number,
      fault,
      ...finding,
    }
    this.#recorder.add(recorded)
    this.#arrived()
    return recorded
  }

  #countInFlight({ response }: Exchange): void {
    this.#inFlight++
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight)
    response.once('close', () => this.#inFlight--)
  }
}
