import { setImmediate as nextTurn } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ServiceManager, serviceManagerOf } from '../../../src/cli/run/service-manager.js'
import type { Logger } from '../../../src/index.js'
import { until } from '../../support/until.js'

const test = suite('the service manager')

const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined }

test('hears everything in order, however long a message takes', async () => {
  const sent: string[] = []
  const send = async (assignments: readonly string[]) => {
    if (sent.length === 0) await nextTurn()
    sent.push(assignments.join(' '))
  }
  const manager = new ServiceManager({ watchdogMs: null, send, logger: SILENT })
  manager.ready()
  manager.reloading(123n)
  manager.ready()
  manager.stopping()
  await manager.close()
  assert.equal(sent, ['READY=1', 'RELOADING=1 MONOTONIC_USEC=123', 'READY=1', 'STOPPING=1'])
})

test('hears nothing that contradicts the end', async () => {
  const sent: string[] = []
  const send = async (assignments: readonly string[]) => void sent.push(...assignments)
  const manager = new ServiceManager({ watchdogMs: null, send, logger: SILENT })
  manager.stopping()
  manager.reloading(1n)
  manager.ready()
  await manager.close()
  assert.equal(sent, ['STOPPING=1'])
})

test('hears from a program that is watched for as long as it runs', async () => {
  const sent: string[] = []
  const send = async (assignments: readonly string[]) => void sent.push(...assignments)
  const manager = new ServiceManager({ watchdogMs: 5, send, logger: SILENT })
  manager.ready()
  await until(() => sent.length > 3)
  await manager.close()
  assert.equal([...new Set(sent)], ['READY=1', 'WATCHDOG=1'])
})

test('that cannot be notified is logged once and stops nothing', async () => {
  const errors: string[] = []
  const logger = { ...SILENT, error: (_: object, message: string) => void errors.push(message) }
  const send = () => Promise.reject(new Error('ENOENT'))
  const manager = new ServiceManager({ watchdogMs: null, send, logger })
  manager.ready()
  manager.stopping()
  await manager.close()
  assert.equal(errors, ['the service manager could not be notified through systemd-notify'])
})

test('is there only where the environment says so', () => {
  assert.equal(
    [{}, { NOTIFY_SOCKET: '' }, { NOTIFY_SOCKET: '/run/x' }].map(
      (environment) => serviceManagerOf(environment, 1, SILENT) !== null,
    ),
    [false, false, true],
  )
})

test.run()
