import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Inbox } from '../../src/shard/inbox.js'
import type { DirectoryPart, PlacedApp, Signal } from '../../src/shard/messages.js'
import { testApp } from '../transport/support/endpoint.js'

const test = suite('the inbox of a thread')

function part(index: number, isLast = false): DirectoryPart {
  const app: PlacedApp = { index, config: testApp, endpoints: [], isRemoved: false }
  return { apps: [app], isLast }
}

async function withPort(run: (sender: MessagePort, receiver: MessagePort) => Promise<void>): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  try {
    await run(port1, port2)
  } finally {
    port1.close()
  }
}

/** What an inbox hands over up to the call `end`, which comes after everything else. */
function handedOver(inbox: Inbox): Promise<Signal[]> {
  const signals: Signal[] = []
  return new Promise((resolve) => {
    inbox.open((signal) => {
      if (signal !== null && 'call' in signal && signal.call === 'end') resolve(signals)
      else signals.push(signal)
    })
  })
}

test('has all that is needed at once when nothing is', () =>
  withPort(async (_, receiver) => {
    assert.equal(await new Inbox(receiver, 0).needed, [])
  }))

test('waits for the parts that are needed, and keeps what comes among and behind them in its order', () =>
  withPort(async (sender, receiver) => {
    const sent: Signal[] = [{ call: 1 }, part(0), null, part(1), part(2), { call: 'end' }]
    for (const signal of sent) sender.postMessage(signal)
    const inbox = new Inbox(receiver, 2)
    const needed = await inbox.needed
    assert.equal(
      [needed.map(({ index }) => index), await handedOver(inbox)],
      [
        [0, 1],
        [{ call: 1 }, null, part(2)],
      ],
    )
  }))

test('says that there are no others when the last part is one that is needed', () =>
  withPort(async (sender, receiver) => {
    for (const signal of [part(0, true), { call: 'end' }]) sender.postMessage(signal)
    const inbox = new Inbox(receiver, 1)
    await inbox.needed
    assert.equal(await handedOver(inbox), [{ apps: [], isLast: true }])
  }))

test.run()
