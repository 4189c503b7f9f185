import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type ConfigInput, parseConfig } from '../../src/config/index.js'
import { isConsumer, isHandedOver } from '../../src/dispatcher/queue-modes.js'

const test = suite('the modes of a queue')

const queueOf = (queue: NonNullable<ConfigInput['queue']>) => parseConfig({ queue }).queue

test('hand batches over where consumers deliver, with the driver in use', () => {
  const consumers = { deliver: 'consumers' } as const
  const modes = [
    queueOf({ driver: 'redis', redis: consumers }),
    queueOf({ driver: 'redis-cluster', redis_cluster: consumers }),
    queueOf({ driver: 'redis', redis_cluster: consumers }),
    queueOf({ driver: 'disk', redis: consumers }),
  ]
  assert.equal(modes.map(isHandedOver), [true, true, false, false])
})

test('consume as the configuration says, or else as the process does by default', () => {
  const shared = { driver: 'redis', redis: { deliver: 'consumers' } } as const
  const given = [{}, { consume: true }, { consume: false }].map((consume) => queueOf({ ...shared, ...consume }))
  assert.equal(
    given.map((queue) => [isConsumer(queue, false), isConsumer(queue, true)]),
    [
      [false, true],
      [true, true],
      [false, false],
    ],
  )
})

test('consume nothing where each process delivers its own', () => {
  assert.is(isConsumer(queueOf({ driver: 'redis', consume: true }), true), false)
})

test.run()
