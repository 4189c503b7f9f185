import { createRequire } from 'node:module'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RequestTimer } from '../../src/transport/request-timer.js'
import type { Outcome } from '../../src/transport/transport.js'
import {
  createExchange,
  FormerExchange,
  PresentExchange,
  takesFormerHandlers,
} from '../../src/transport/undici-exchange.js'

const exchange = suite('an exchange')

const PRESENT = ['onRequestStart', 'onResponseStart', 'onResponseData', 'onResponseEnd', 'onResponseError']
const FORMER = ['onConnect', 'onHeaders', 'onData', 'onComplete', 'onError']

type Settle = (outcome: Outcome) => void

/** What one half of the test makes of the function that takes the outcome, and the outcome. */
function running<Made extends { started(): void }>(make: (done: Settle) => Made): [Made, Promise<Outcome>] {
  let settle: Settle = () => undefined
  const outcome = new Promise<Outcome>((resolve) => {
    settle = resolve
  })
  const made = make(settle)
  made.started()
  return [made, outcome]
}

const present = () => running((done) => new PresentExchange('host:80', new RequestTimer(1000), Date.now, done))
const former = () => running((done) => new FormerExchange('host:80', new RequestTimer(1000), Date.now, done))

const bytes = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text))

exchange('is called straight by undici 7, by its former interface, and by the present one of later majors', () => {
  const { version } = createRequire(import.meta.url)('undici/package.json') as { readonly version: string }
  assert.is(takesFormerHandlers(), Number.parseInt(version, 10) < 8)
})

exchange('has the methods of one interface only: undici 7 chooses by them', () => {
  const [made] = running((done) => createExchange('host:80', new RequestTimer(1000), Date.now, done))
  made.fail(new Error('over'))
  assert.equal(
    [...PRESENT, ...FORMER].filter((name) => name in made),
    takesFormerHandlers() ? FORMER : PRESENT,
  )
})

exchange('takes the first of several Retry-After headers', async () => {
  const [made, outcome] = present()
  made.onResponseStart(null, 429, { 'retry-after': ['3', '5'] })
  made.onResponseEnd()
  const settled = await outcome
  assert.is(settled.kind === 'retry' && settled.retryAfterMs, 3000)
})

exchange('takes the first of several Retry-After headers from their bytes', async () => {
  const [made, outcome] = former()
  made.onHeaders(429, bytes('date', 'retry-after', 'Retry-After', '3', 'retry-after', '5'))
  made.onComplete()
  const settled = await outcome
  assert.is(settled.kind === 'retry' && settled.retryAfterMs, 3000)
})

exchange('is decided by the last head, not by those before it', async () => {
  const [made, outcome] = present()
  for (const status of [100, 102, 103, 204]) made.onResponseStart(null, status, {})
  made.onResponseEnd()
  assert.equal(await outcome, { kind: 'delivered', status: 204 })
})

exchange('is decided by the last head of which it gets the bytes', async () => {
  const [made, outcome] = former()
  for (const status of [100, 102, 103, 204]) made.onHeaders(status, [])
  made.onComplete()
  assert.equal(await outcome, { kind: 'delivered', status: 204 })
})

exchange.run()
