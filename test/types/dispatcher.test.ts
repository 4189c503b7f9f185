import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type AppHandle, createDispatcher, Dispatcher } from '../../src/index.js'

const test = suite('a Dispatcher')

/** Code under test, as a user has it. */
class Presence {
  readonly #dispatcher: Pick<Dispatcher, 'app'>

  constructor(dispatcher: Pick<Dispatcher, 'app'>) {
    this.#dispatcher = dispatcher
  }

  join(user: string): boolean {
    return this.#dispatcher.app('chat').memberAdded('presence-lobby', user)
  }
}

/** An object that a user has written, without a class of ours. The compiler checks that it has all that an app handle must have. */
function fakeHandle(calls: string[]): AppHandle {
  const called = (name: string) => {
    calls.push(name)
    return true
  }
  return {
    id: 'chat',
    channelOccupied: () => called('channelOccupied'),
    channelVacated: () => called('channelVacated'),
    memberAdded: (channel, user) => called(`memberAdded ${channel} ${user}`),
    memberRemoved: () => called('memberRemoved'),
    clientEvent: () => called('clientEvent'),
    cacheMiss: () => called('cacheMiss'),
    subscriptionCount: () => called('subscriptionCount'),
    emit: () => called('emit'),
    toJSON: () => ({ app: 'chat' }),
  }
}

test('can be replaced by an object of the same members', () => {
  const calls: string[] = []
  new Presence({ app: () => fakeHandle(calls) }).join('ann')
  assert.equal(calls, ['memberAdded presence-lobby ann'])
})

test('can be replaced by a class that extends it', () => {
  abstract class Base extends Dispatcher {}
  assert.is(Object.getPrototypeOf(Base), Dispatcher)
})

test('is named by a class, which those that createDispatcher makes are instances of', async () => {
  const dispatcher: Dispatcher = await createDispatcher({ dispatcher: { shards: 1 } })
  await dispatcher.close()
  assert.instance(dispatcher, Dispatcher)
})

test.run()
