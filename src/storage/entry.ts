import { setTimeout as sleep } from 'node:timers/promises'
import { type TransferListItem, workerData } from 'node:worker_threads'
import { expose } from 'comlink'
import { callChannel } from '../shard/protocol.js'
import { monotonicNow as now } from '../time/clocks.js'
import type { StorageMessage, StorageNotice, StorageReply, StorageTask } from './messages.js'
import { openInTime } from './open-in-time.js'
import { openStore } from './open-store.js'
import { ShardSide } from './shard-side.js'
import { Storage } from './storage.js'
import { StorageCounters } from './storage-counters.js'

const {
  store: settings,
  openWithinMs,
  shards,
  suffixBytes,
  counters,
  takeOverEveryMs,
  port,
} = workerData as StorageTask

const send = (reply: StorageReply, transfer: readonly unknown[] = []): void =>
  port.postMessage(reply, transfer as TransferListItem[])
const notify = (notice: StorageNotice): void => send({ notice })

/** The storage thread: opens the store and serves the shards until it is closed. */
async function serve(): Promise<void> {
  try {
    const { store, warnings } = await openInTime(() => openStore(settings), openWithinMs, {
      now,
      sleep,
      failed: ({ message }) => notify({ kind: 'not-yet-open', message }),
    })
    const sides = shards.map((memory) => new ShardSide(memory, suffixBytes, store.firstSeq))
    const storage = new Storage(store, sides, new StorageCounters(counters), notify)
    if (store.takeOver !== undefined) storage.takeOverEvery(takeOverEveryMs)
    const calls = callChannel((answer, transfer) => send({ answer }, transfer))
    port.on('message', (message: StorageMessage) => {
      if ('attach' in message) void storage.attach(message.attach, message.port)
      else calls.receive(message.call)
    })
    expose(storage, calls.endpoint)
    notify({ kind: 'opened', recovery: store.recovery, warnings, place: store.place ?? null })
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
    notify({ kind: 'unusable', code: String(code ?? ''), message: String(message ?? error) })
    port.close()
  }
}

void serve()
