import { EventEmitter } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DeadLetterLog } from '../../../src/cli/run/dead-letter-log.js'
import type { FailedReport, Logger } from '../../../src/index.js'

const test = suite('the log of what was given up')

function reportOf(endpoint: string, events: number): FailedReport {
  return { id: 'd', app: 'a', endpoint, events, attempts: 3, cause: 'status', status: 500, error: 'HTTP 500' }
}

test('has the first batch of an endpoint at once, and all that follow in one line', () => {
  const lines: Record<string, unknown>[] = []
  const silent = () => undefined
  const logger: Logger = { info: silent, warn: silent, error: (fields) => void lines.push({ ...fields }) }
  const dispatcher = new EventEmitter()
  const log = new DeadLetterLog(logger)
  log.listenTo(dispatcher as never)
  for (let batch = 0; batch < 1000; batch++) dispatcher.emit('failed', reportOf('one', 2))
  dispatcher.emit('failed', reportOf('two', 5))
  const atOnce = lines.map(({ endpoint, batches, events }) => [endpoint, batches, events])
  log.close()
  const later = lines.slice(atOnce.length).map(({ endpoint, batches, events }) => [endpoint, batches, events])
  assert.equal(
    [atOnce, later],
    [
      [
        ['one', 1, 2],
        ['two', 1, 5],
      ],
      [['one', 999, 1998]],
    ],
  )
})

test.run()
