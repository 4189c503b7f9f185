import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { announcesWhoJoins } from '../examples/testing/recording.js'
import { survivesAnOutage } from '../examples/testing/retries.js'
import { deliver, webhook } from './receivers.js'

const test = suite('examples of test receivers and dispatchers')

test('an outage', async () => {
  const result = await survivesAnOutage(async (url) => {
    let status = 0
    while (status !== 200) status = (await deliver(url, webhook('member_added'))).status
  })
  assert.is(result, 'u1 announced after 3 attempts')
})

test('who joins', () => {
  const announced = announcesWhoJoins((dispatcher, user) => {
    dispatcher.app('chat').memberAdded('presence-lobby', user)
  })
  assert.equal(announced, ['chat: member_added presence-lobby ann'])
})

test.run()
