import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_RECONNECT_MS } from '../../src/transport/http-limits.js'
import { ReconnectPause } from '../../src/transport/reconnect-pause.js'

const pause = suite('the pause before a reconnection')

/** The pauses after as many failures, each at the end of the pause before. */
function pausesOf(failures: number, made = new ReconnectPause()): number[] {
  let nowMs = 0
  return Array.from({ length: failures }, () => {
    made.failed(nowMs)
    const leftMs = made.leftMs(nowMs)
    nowMs += leftMs
    return leftMs
  })
}

pause('is none before a failure', () => {
  assert.is(new ReconnectPause().leftMs(0), 0)
})

pause('doubles with each failure up to a bound', () => {
  const pauses = pausesOf(9)
  assert.equal([pauses.slice(0, 4), pauses.at(-1)], [[100, 200, 400, 800], MAX_RECONNECT_MS])
})

pause('is that of one failure for several at once', () => {
  const made = new ReconnectPause()
  for (let failures = 0; failures < 8; failures++) made.failed(1000)
  assert.is(made.leftMs(1000), 100)
})

pause('begins again once the receiver has answered', () => {
  const made = new ReconnectPause()
  pausesOf(5, made)
  made.succeeded()
  made.failed(1_000_000)
  assert.is(made.leftMs(1_000_000), 100)
})

pause.run()
