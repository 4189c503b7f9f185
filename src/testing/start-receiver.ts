import type { ServerOptions } from 'node:https'
import type { VerifierOptions } from '../receiver/index.js'
import { durationOf } from '../time/duration.js'
import { trustingInspector, verifyingInspector } from './inspector.js'
import { TestReceiver } from './test-receiver.js'

/** What a receiver for tests accepts, and where it listens. */
export interface StartReceiverOptions extends VerifierOptions {
  /** false: takes every request for good, without any secret; default true. */
  readonly verify?: boolean | undefined
  /** Serves HTTPS with this `key` and `cert`, and whatever else `node:https` takes. */
  readonly tls?: ServerOptions | undefined
  /** The port on 127.0.0.1; default: any free one. */
  readonly port?: number | undefined
  /** How long `next`, `nextRequest` and `waitFor` wait unless told otherwise, in ms; default 10000, Infinity waits for ever. */
  readonly timeoutMs?: number | undefined
}

/**
 * Starts a receiver for tests. Close it, or hold it with `await using`.
 * @throws SignpostError `INVALID_OPTIONS` without any secret, `INVALID_SECRET` for one that is not of its form,
 * `INVALID_DURATION`
 */
export async function startReceiver(options: StartReceiverOptions): Promise<TestReceiver> {
  const { verify = true, tls = null, port = 0, timeoutMs = 10_000 } = options
  const receiver = new TestReceiver(
    verify ? verifyingInspector(options) : trustingInspector,
    tls,
    durationOf(timeoutMs, 'timeoutMs'),
  )
  await receiver.listen(port)
  return receiver
}
