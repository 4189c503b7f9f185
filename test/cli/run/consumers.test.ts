// time limit: 300 s

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startRedis } from '../../../scripts/servers/redis.js'
import { type ConfigInput, createDispatcher } from '../../../src/index.js'
import { appWith, withReceiver } from '../../support/dispatcher.js'
import { until } from '../../support/until.js'
import { usersOf, withRun } from './support.js'

const test = suite('signpost run with a queue that processes share')

test('delivers what a host adds that has the same configuration, until it is stopped', () =>
  withReceiver(async (receiver) => {
    const redis = await startRedis()
    const config: ConfigInput = {
      database: { redis: { host: '127.0.0.1', port: redis.port } },
      queue: { driver: 'redis', redis: { deliver: 'consumers' } },
      dispatcher: { shards: 1 },
      apps: [appWith([{ url: receiver.url }])],
    }
    const host = await createDispatcher(config)
    try {
      host.app('app').memberAdded('presence-room', 'before')
      await withRun(config, [], async (program) => {
        await program.started()
        host.app('app').memberAdded('presence-room', 'after')
        await until(() => receiver.received.length === 2)
        program.child.kill('SIGTERM')
        const { status } = await program.ended
        const start = program.log.find(({ msg }) => msg.startsWith('started: '))
        assert.equal([status, usersOf(receiver).toSorted()], [0, ['after', 'before']], program.logText)
        assert.match(start?.msg ?? '', 'which this process consumes')
        assert.match(program.exitLine.msg, 'undelivered: 0')
      })
    } finally {
      await host.close()
      await redis.stop()
    }
  }))

test.run()
