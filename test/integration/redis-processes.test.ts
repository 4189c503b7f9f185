// long
import { once } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../support/until.js'
import { inWorld, startDispatcher, startProcess, untilPersisted } from './redis-world.js'

const test = suite('processes with one queue in Redis')

test('a process is killed: the other one delivers all that it had stored', () =>
  inWorld(async (redis, receiver) => {
    const other = await startDispatcher(redis, receiver.url)
    const victim = startProcess(redis, receiver.url, 300)
    await untilPersisted(victim)
    victim.kill('SIGKILL')
    await once(victim, 'exit')
    receiver.open()
    await until(() => receiver.channels.size === 300)
    await other.close()
    assert.is(receiver.channels.size, 300)
  }))

test('a process closes: the other one delivers at once what it has left', () =>
  inWorld(async (redis, receiver) => {
    const other = await startDispatcher(redis, receiver.url)
    const leaving = startProcess(redis, receiver.url, 300, 'close')
    const exited = once(leaving, 'exit')
    await untilPersisted(leaving)
    await exited
    receiver.open()
    await until(() => receiver.channels.size === 300)
    await other.close()
    assert.is(receiver.channels.size, 300)
  }))

test.run()
