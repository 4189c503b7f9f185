import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { survivesAnOutage } from '../examples/testing/retries.js'
import { deliver, webhook } from './receivers.js'

const test = suite('examples of test receivers')

test('an outage', async () => {
  const result = await survivesAnOutage(async (url) => {
    let status = 0
    while (status !== 200) status = (await deliver(url, webhook('member_added'))).status
  })
  assert.is(result, 'u1 announced after 3 attempts')
})

test.run()
