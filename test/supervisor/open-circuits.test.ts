import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { EndpointReport, Notice } from '../../src/shard/messages.js'
import { OpenCircuits } from '../../src/supervisor/open-circuits.js'

const test = suite('open circuits')

const report = (endpoint: string, reason: EndpointReport['reason'] = 'failures'): EndpointReport => ({
  app: 'app',
  endpoint,
  reason,
})
const opened = (number: number): Notice => ({ kind: 'endpoint-open', number, report: report(`hook-${number}`) })
const closed = (number: number): Notice => ({ kind: 'endpoint-closed', number, report: report(`hook-${number}`) })

test('are those that were opened and not closed since', () => {
  const circuits = new OpenCircuits()
  for (const notice of [opened(1), opened(2), closed(1), opened(3)]) circuits.receive(notice)
  assert.equal(circuits.closeAll(), [closed(2), closed(3)])
})

test('are closed once', () => {
  const circuits = new OpenCircuits()
  circuits.receive(opened(1))
  circuits.closeAll()
  assert.equal(circuits.closeAll(), [])
})

test('do not include an endpoint that a 410 has stopped: it stays so', () => {
  const circuits = new OpenCircuits()
  circuits.receive({ kind: 'endpoint-open', number: 1, report: report('hook-1', 'gone') })
  assert.equal(circuits.closeAll(), [])
})

test.run()
