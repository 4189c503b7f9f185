// time limit: 300 s
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { emitTo, hasAll, inSqsWorld, receivedBy } from '../integration/sqs-world.js'
import { until } from '../support/until.js'

const test = suite('a worker of a queue in SQS that dies')

const EVENTS = 40

test('loses nothing: another one delivers it when its visibility timeout is over, repeats under their own id', () =>
  inSqsWorld(
    async ({ sqs, receiver, host, worker }) => {
      const [only, victim] = await Promise.all([host(), worker(), worker()])
      receiver.delayMs = 50
      const emitted = emitTo(only, EVENTS)
      await until(() => receiver.receipts.length > 20)
      victim.child.kill('SIGKILL')
      await victim.ended
      await emitted
      await until(() => hasAll(receiver, EVENTS))
      await until(async () => (await sqs.messagesIn('signpost')).length === 0)
      const expected = Array.from({ length: EVENTS }, (_, number) => number)
      for (const numbers of receivedBy(receiver)) {
        assert.equal(
          [...numbers].sort((a, b) => a - b),
          expected,
        )
      }
      const bodies = new Map<string, readonly number[]>()
      for (const { id, numbers } of receiver.receipts) {
        assert.equal(bodies.get(id) ?? numbers, numbers)
        bodies.set(id, numbers)
      }
    },
    { visibility_timeout: 4 },
  ))

test.run()
