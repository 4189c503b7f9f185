import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ChoosyReceiver } from '../support/choosy-receiver.js'
import { appWith, withDispatcher } from '../support/dispatcher.js'
import { told } from '../support/told.js'

const test = suite('a batch that its receiver refuses')

const channelsOf = (count: number) => Array.from({ length: count }, (_, index) => `room-${index}`)

const atMost = (most: number) => ChoosyReceiver.start((events) => (events.length > most ? 413 : 200))

test('with 413 is halved until it passes, in order where one request is made at a time', async () => {
  await using receiver = await atMost(3)
  await withDispatcher({ apps: [appWith([{ url: receiver.url, concurrency: 1 }])] }, async (dispatcher) => {
    for (const channel of channelsOf(20)) dispatcher.app('app').channelOccupied(channel)
    const { events } = await dispatcher.flush()
    assert.equal([events, receiver.received], [0, channelsOf(20)])
  })
})

test('with 413 is halved until it passes where several requests are made at once', async () => {
  await using receiver = await atMost(3)
  await withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
    for (const channel of channelsOf(20)) dispatcher.app('app').channelOccupied(channel)
    await dispatcher.flush()
    assert.equal(
      [receiver.received.toSorted(), receiver.ids.length],
      [channelsOf(20).toSorted(), new Set(receiver.ids).size],
    )
  })
})

test('with 413 becomes dead letters of one event each where not even one passes', async () => {
  await using receiver = await atMost(0)
  await withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
    for (const channel of channelsOf(5)) dispatcher.app('app').channelOccupied(channel)
    await dispatcher.flush()
    const { items } = await dispatcher.deadLetters.list()
    const [id = ''] = items[0]?.id.split('.') ?? []
    assert.equal(
      [items.map(({ events, status }) => [events, status]), items.every((item) => item.id.startsWith(`${id}.`))],
      [Array(5).fill([1, 413]), true],
    )
  })
})

test('is replayed event by event, so that all arrive but the one that is to blame', async () => {
  const isGood = (channel: string) => channel !== 'room-3'
  await using receiver = await ChoosyReceiver.start((events) =>
    events.every(({ channel }) => isGood(channel)) ? 200 : 422,
  )
  await withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
    const dead = told(dispatcher, 'dead-letter')
    for (const channel of channelsOf(6)) dispatcher.app('app').channelOccupied(channel)
    const { id } = await dead
    const replayed = await dispatcher.deadLetters.replay({ ids: [id], split: true })
    await dispatcher.flush()
    const { items } = await dispatcher.deadLetters.list()
    assert.equal(
      [replayed, receiver.received.toSorted(), items.map((item) => item.id)],
      [1, channelsOf(6).filter(isGood), [`${id}.3`]],
    )
  })
})

test.run()
