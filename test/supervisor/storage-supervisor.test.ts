import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { StorageNotice } from '../../src/storage/messages.js'
import { StorageSupervisor } from '../../src/supervisor/storage-supervisor.js'
import { ThreadWord } from './support/thread-words.js'

const test = suite('the supervisor of the storage thread')

const FILE = fileURLToPath(new URL('./support/storage-thread.js', import.meta.url))
/** Longer than any of these takes. */
const GRACE_MS = 60_000

interface Scene {
  readonly supervisor: StorageSupervisor
  /** See `ThreadWord`. */
  readonly words: Int32Array
  /** How often a thread has died. */
  readonly deaths: () => number
}

/** Runs with a supervisor whose thread has opened its store. @param dying so many threads die when they are to close it */
async function withOpened(
  { dying, openable = 0 }: { readonly dying: number; readonly openable?: number },
  run: (scene: Scene) => Promise<void>,
): Promise<void> {
  const counters = new SharedArrayBuffer(Object.keys(ThreadWord).length * Int32Array.BYTES_PER_ELEMENT)
  const words = new Int32Array(counters)
  words[ThreadWord.Dying] = dying
  words[ThreadWord.Openable] = openable
  let deaths = 0
  let opened: () => void = () => undefined
  const isOpen = new Promise<void>((resolve) => {
    opened = resolve
  })
  const host = {
    notice: ({ kind }: StorageNotice) => {
      if (kind === 'opened') opened()
    },
    died: () => {
      deaths += 1
    },
    connect: () => assert.unreachable('no shard is connected'),
  }
  const supervisor = new StorageSupervisor(host, FILE, { restarts: 10, withinMs: 1000 }, {})
  const letters = { maxBytes: 1, maxAgeMs: 1 }
  const store = { driver: 'disk', path: '', maxBytes: 1, maxJobs: 1, sync: 'power', letters } as const
  supervisor.start({ store, openWithinMs: 0, suffixBytes: 0, shards: [], counters, takeOverEveryMs: GRACE_MS })
  // Its thread keeps nothing alive.
  const keepAlive = setInterval(() => undefined, GRACE_MS)
  try {
    await isOpen
    await run({ supervisor, words, deaths: () => deaths })
  } finally {
    await supervisor.close(GRACE_MS)
    clearInterval(keepAlive)
  }
}

test('has the thread close its store, and ends it', () =>
  withOpened({ dying: 0 }, async ({ supervisor, words, deaths }) => {
    await supervisor.close(GRACE_MS)
    assert.equal([words[ThreadWord.Begun], words[ThreadWord.Closed], deaths()], [1, 1, 0])
    assert.is(supervisor.thread, null)
  }))

test('has another thread store what is left when one dies while it closes its store', () =>
  withOpened({ dying: 2 }, async ({ supervisor, words, deaths }) => {
    await supervisor.close(GRACE_MS)
    assert.equal([words[ThreadWord.Begun], words[ThreadWord.Closed], deaths()], [3, 1, 2])
    assert.is(supervisor.thread, null)
  }))

test('has another thread do so too when there is none just then', () =>
  withOpened({ dying: 0 }, async ({ supervisor, words, deaths }) => {
    await supervisor.thread?.terminate()
    await supervisor.close(GRACE_MS)
    assert.equal([words[ThreadWord.Begun], words[ThreadWord.Closed], deaths()], [2, 1, 1])
  }))

test('waits for no store that cannot be opened any more', () =>
  withOpened({ dying: 1, openable: 1 }, async ({ supervisor, words }) => {
    await supervisor.close(GRACE_MS)
    assert.equal([words[ThreadWord.Begun], words[ThreadWord.Closed]], [2, 0])
    assert.is(supervisor.thread, null)
  }))

test.run()
