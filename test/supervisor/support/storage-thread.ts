/** In place of the storage thread: `ThreadWord` says which die when they are to close the store, and which find no store. */
import { workerData } from 'node:worker_threads'
import { expose } from 'comlink'
import { callChannel } from '../../../src/shard/protocol.js'
import type { StorageMessage, StorageNotice, StorageReply, StorageTask } from '../../../src/storage/messages.js'
import { ThreadWord } from './thread-words.js'

const { counters, port } = workerData as StorageTask
const words = new Int32Array(counters)
const begun = Atomics.add(words, ThreadWord.Begun, 1) + 1
const send = (reply: StorageReply): void => port.postMessage(reply)
const notify = (notice: StorageNotice): void => send({ notice })

const openable = Atomics.load(words, ThreadWord.Openable)
if (openable > 0 && begun > openable) {
  notify({ kind: 'unusable', code: 'EIO', message: 'the disk is gone' })
  port.close()
} else {
  const calls = callChannel((answer) => send({ answer }))
  port.on('message', (message: StorageMessage) => {
    if (!('attach' in message)) calls.receive(message.call)
  })
  expose(
    {
      close: () => {
        if (begun <= Atomics.load(words, ThreadWord.Dying)) process.exit(1)
        Atomics.add(words, ThreadWord.Closed, 1)
      },
    },
    calls.endpoint,
  )
  const recovery = { jobs: 0, events: 0, deadLetters: 0, damaged: 0 }
  notify({ kind: 'opened', recovery, warnings: [], place: null })
}
