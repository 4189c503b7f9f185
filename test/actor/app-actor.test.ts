import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ActorRig } from './support/rig.js'

const test = suite('app actor')

const EVENT = { name: 'client_event', channel: 'room', data: 'x' }

test('gives an event to every endpoint that subscribes to it, though they have the same URL', () => {
  const rig = new ActorRig({ endpoints: [{}, {}, { eventTypes: ['cache_miss'] }] })
  rig.emit(EVENT)
  assert.equal(
    [0, 1, 2].map((endpoint) => rig.told(endpoint).length),
    [1, 1, 0],
  )
})

test('gives an endpoint the custom events that it names and no others', () => {
  const rig = new ActorRig({ endpoints: [{ eventTypes: ['invoice_paid'] }] })
  rig.emit({ name: 'invoice_paid' }, { name: 'invoice_sent' }, EVENT)
  assert.equal(
    rig.told().map(({ name }) => name),
    ['invoice_paid'],
  )
})

test('gives an endpoint only what its filter lets through', () => {
  const filter = {
    channelType: null,
    channelPrefix: 'private-',
    channelSuffix: null,
    channelPattern: null,
    channelNamespaces: null,
  }
  const rig = new ActorRig({ endpoints: [{ filter }] })
  rig.emit({ ...EVENT, channel: 'private-a' }, { ...EVENT, channel: 'public-b' })
  assert.equal(
    rig.told().map(({ channel }) => channel),
    ['private-a'],
  )
})

test('stalls when the arena is full', () => {
  const rig = new ActorRig()
  rig.fillArena()
  assert.is(rig.emit(EVENT), 'stalled')
})

test('goes on where it stalled, without losing or repeating an event', () => {
  const rig = new ActorRig({ endpoints: [{}, {}] })
  rig.emit({ ...EVENT, data: '0' })
  const giveBack = rig.fillArena()
  const large = 'x'.repeat(3000)
  rig.emit({ ...EVENT, data: `1${large}` }, { ...EVENT, data: '2' })
  rig.drain()
  giveBack()
  rig.drain()
  const told = [0, 1].map((endpoint) => rig.told(endpoint).map(({ data }) => String(data).slice(0, 1)))
  assert.equal(told, [
    ['0', '1', '2'],
    ['0', '1', '2'],
  ])
})

test('gives an event to no endpoint as long as there is not room for all of them', () => {
  const rig = new ActorRig({ endpoints: [{}, {}] })
  const giveBack = rig.fillArena()
  giveBack.one()
  rig.emit(EVENT)
  rig.receive({ kind: 'flush' })
  assert.equal(
    [0, 1].map((endpoint) => rig.told(endpoint).length),
    [0, 0],
  )
})

test('gives an event once though a thread dies between two attempts at it', () => {
  const rig = new ActorRig({ endpoints: [{}, {}] })
  const giveBack = rig.fillArena()
  giveBack.one()
  rig.emit(EVENT)
  giveBack()
  const next = rig.takeOver()
  next.drain()
  assert.equal(
    [0, 1].map((endpoint) => next.told(endpoint).length),
    [1, 1],
  )
})

test('tells nobody twice when a thread dies after the first of two endpoints has its event', () => {
  const rig = new ActorRig({ endpoints: [{}, {}] })
  rig.write(EVENT)
  const { ring } = rig.snapshot()
  rig.drain()
  rig.receive({ kind: 'flush' })
  rig.deliver(1)
  const next = rig.takeOver({ ...rig.snapshot(), ring })
  next.drain()
  assert.is(next.told(0).length, 1)
})

test('seals what a removed endpoint has begun', () => {
  const rig = new ActorRig({ endpoints: [{}, {}] })
  rig.emit(EVENT)
  rig.receive({ kind: 'configure', buffers: rig.buffers.slice(0, 1) })
  assert.equal([rig.sizes(0), rig.sizes(1)], [[], [1]])
})

test('gives a removed endpoint nothing more', () => {
  const rig = new ActorRig({ endpoints: [{}, {}] })
  rig.receive({ kind: 'configure', buffers: rig.buffers.slice(0, 1) })
  rig.emit(EVENT)
  assert.equal([rig.told(0).length, rig.told(1).length], [1, 0])
})

test('gives an added endpoint what comes after it', () => {
  const rig = new ActorRig({ endpoints: [{}] })
  rig.emit({ ...EVENT, data: '0' })
  rig.receive({ kind: 'configure', buffers: [...rig.buffers, rig.buffer(1, {})] })
  rig.emit({ ...EVENT, data: '1' })
  assert.equal(
    rig.told(1).map(({ data }) => data),
    ['1'],
  )
})

test('pays no heed to a deadline of an endpoint that it does not have', () => {
  const rig = new ActorRig()
  rig.emit(EVENT)
  rig.receive({ kind: 'deadline', endpoint: 9, generation: 1 })
  assert.equal(rig.sizes(), [])
})

test('seals everything when it is flushed', () => {
  const rig = new ActorRig({ endpoints: [{}, {}] })
  rig.emit(EVENT)
  rig.receive({ kind: 'flush' })
  assert.equal([rig.sizes(0), rig.sizes(1)], [[1], [1]])
})

test.run()
