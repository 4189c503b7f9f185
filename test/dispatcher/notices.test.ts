import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Logger, SILENT } from '../../src/dispatcher/events.js'
import { DispatcherNotices } from '../../src/dispatcher/notices.js'
import type { DroppedReport } from '../../src/shard/messages.js'

const test = suite('notices of a shard')

const DROPPED: DroppedReport = { app: 'app', endpoint: 'hook', events: 20, batches: 2 }

/** What is logged and told when these drops are reported at these times, in ms. */
function afterDrops(...drops: readonly { readonly atMs: number; readonly endpoint: string }[]) {
  const logged: string[] = []
  const told: unknown[] = []
  let nowMs = 0
  const logger: Logger = { ...SILENT, warn: (report) => logged.push((report as DroppedReport).endpoint) }
  const notices = new DispatcherNotices(
    logger,
    (name, ...args) => told.push([name, ...args]),
    () => nowMs,
  )
  for (const { atMs, endpoint } of drops) {
    nowMs = atMs
    notices.receive({ kind: 'dropped', report: { ...DROPPED, endpoint } })
  }
  return { logged, told }
}

test('of drops are all told', () => {
  const { told } = afterDrops({ atMs: 0, endpoint: 'a' }, { atMs: 1, endpoint: 'a' })
  assert.equal(told, [
    ['dropped', { ...DROPPED, endpoint: 'a' }],
    ['dropped', { ...DROPPED, endpoint: 'a' }],
  ])
})

test('of drops are logged once a second for each endpoint', () => {
  const { logged } = afterDrops(
    { atMs: 0, endpoint: 'a' },
    { atMs: 10, endpoint: 'b' },
    { atMs: 999, endpoint: 'a' },
    { atMs: 1000, endpoint: 'a' },
    { atMs: 1009, endpoint: 'b' },
  )
  assert.equal(logged, ['a', 'b', 'a'])
})

test.run()
