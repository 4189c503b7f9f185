import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { rehearseFailure } from '../../src/transport/rehearsal.js'

const test = suite('rehearsal')

test('a request fails because its socket is connected to nothing', async () => {
  const outcome = await rehearseFailure()
  assert.equal(outcome.kind === 'retry' && outcome.failure.message, 'nowhere.invalid: Socket is closed')
})

test('leaves nothing behind that keeps a thread alive', async () => {
  const before = process.getActiveResourcesInfo()
  await rehearseFailure()
  await new Promise(setImmediate)
  assert.equal(process.getActiveResourcesInfo(), before)
})

test.run()
