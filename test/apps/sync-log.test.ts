import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SyncLog } from '../../src/apps/sync-log.js'

const test = suite('the log of the source of the apps')

/** What is logged of a failure. */
function loggedOf(before: (log: SyncLog) => void): string | undefined {
  const logged: string[] = []
  const log = (_fields: object, message: string): void => void logged.push(message)
  const syncLog = new SyncLog({ info: log, warn: log, error: log }, 'pgsql', () => 0)
  before(syncLog)
  syncLog.failed(new Error('refused'))
  return logged.at(-1)
}

test('does not speak of apps that were read before the first have been', () =>
  assert.is(
    loggedOf(() => undefined),
    'the apps cannot be read from pgsql',
  ))

test('says that the apps that were read last stay in force', () =>
  assert.is(
    loggedOf((log) => log.loaded(1)),
    'the apps cannot be read from pgsql: those that were read last stay in force, and it is tried again',
  ))

test.run()
