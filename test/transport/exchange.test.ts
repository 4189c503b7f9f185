import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Exchange } from '../../src/transport/exchange.js'
import { RequestTimer } from '../../src/transport/request-timer.js'
import type { Outcome } from '../../src/transport/transport.js'

const exchange = suite('an exchange')

function running(): { readonly exchange: Exchange; readonly outcome: Promise<Outcome> } {
  let settle: (outcome: Outcome) => void = () => undefined
  const outcome = new Promise<Outcome>((resolve) => {
    settle = resolve
  })
  const made = new Exchange('host:80', new RequestTimer(1000), Date.now, settle)
  made.started()
  return { exchange: made, outcome }
}

exchange('has what undici 8 wants of a handler, and nothing of what undici 6 wanted', () => {
  const present = ['onRequestStart', 'onResponseStart', 'onResponseData', 'onResponseEnd', 'onResponseError']
  const former = ['onConnect', 'onHeaders', 'onData', 'onComplete', 'onError']
  const made = running().exchange
  made.fail(new Error('over'))
  assert.equal(
    [...present, ...former].filter((name) => name in made),
    present,
  )
})

exchange('takes the first of several Retry-After headers', async () => {
  const { exchange: made, outcome } = running()
  made.onResponseStart(null, 429, { 'retry-after': ['3', '5'] })
  made.onResponseEnd()
  const settled = await outcome
  assert.is(settled.kind === 'retry' && settled.retryAfterMs, 3000)
})

exchange('is decided by the last head, not by those before it', async () => {
  const { exchange: made, outcome } = running()
  for (const status of [100, 102, 103, 204]) made.onResponseStart(null, status, {})
  made.onResponseEnd()
  assert.equal(await outcome, { kind: 'delivered', status: 204 })
})

exchange.run()
