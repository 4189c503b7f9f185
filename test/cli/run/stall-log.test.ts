import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Stall, StallLog } from '../../../src/cli/run/stall-log.js'
import { until } from '../../support/until.js'

const test = suite('the log of stalls')

/** What is logged of an event that has waited for long enough. */
async function loggedOf(settle: (stall: Stall) => void): Promise<readonly string[]> {
  const logged: string[] = []
  const log = (_fields: object, message: string): void => void logged.push(message)
  const stall = new StallLog({ info: log, warn: log, error: log }, 0).begin(7, 'app', 'endpoint_full')
  await until(() => logged.length > 0)
  settle(stall)
  return logged
}

test('says that the input is read again when its event waits no longer', async () =>
  assert.equal(await loggedOf((stall) => stall.end()), [
    'standard input is not being read: an event waits to be accepted',
    'standard input is being read again',
  ]))

test('does not say so when the event is left waiting at the end', async () =>
  assert.equal(await loggedOf((stall) => stall.abandon()), [
    'standard input is not being read: an event waits to be accepted',
  ]))

test.run()
