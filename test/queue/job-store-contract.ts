import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { JOB_ID_BYTES, type Job, type JobHead, type JobState, type JobTarget } from '../../src/queue/job.js'
import type { Death, Group, JobChange, OpenStore } from '../../src/queue/job-store.js'
import { unixMs } from '../../src/time/clocks.js'

/** Where a driver keeps its jobs: it can be opened again after it was closed. */
export interface StorePlace {
  open(): Promise<OpenStore>
  /** Called at the end, with the store closed. */
  remove(): Promise<void>
}

const target: JobTarget = { app: 'app-1', endpoint: 'wh_1' }
const otherTarget: JobTarget = { app: 'app-1', endpoint: 'wh_2' }

export function idOf(number: number): Uint8Array {
  const id = new Uint8Array(JOB_ID_BYTES)
  new DataView(id.buffer).setUint32(4, number)
  return id
}

export function jobOf(number: number, changes: Partial<JobHead> = {}, text = `body of job ${number}`): Job {
  const body = new TextEncoder().encode(text)
  const head: JobHead = {
    id: idOf(number),
    life: 0,
    seq: number,
    target,
    events: 3,
    firstEventAt: unixMs(1_700_000_000_000 + number),
    sealedAt: unixMs(1_700_000_000_050 + number),
    bodyBytes: body.byteLength,
    attempts: 0,
    status: 0,
    spentMs: 0,
    nextAt: 0,
    ...changes,
  }
  return { head, body }
}

export function deathOf(error: string, changes: Partial<Death> = {}): Death {
  return { life: 0, attempts: 5, status: 503, cause: 'exhausted', error, diedAt: 1_700_000_001_000, ...changes }
}

const done = (number: number): JobChange => ({ kind: 'done', id: idOf(number) })
const release = (number: number): JobChange => ({ kind: 'release', id: idOf(number) })
const dead = (number: number, error = 'gave up', changes: Partial<Death> = {}): JobChange => {
  return { kind: 'dead', id: idOf(number), death: deathOf(error, changes) }
}
const state = (number: number, to: JobState): JobChange => ({ kind: 'state', id: idOf(number), state: to })
const group = (jobs: readonly Job[], changes: readonly JobChange[] = []): Group => ({ jobs, changes })

const numberOf = ({ id }: { readonly id: Uint8Array }): number => {
  return new DataView(id.buffer, id.byteOffset, id.byteLength).getUint32(4)
}

/** What every driver's store must do. */
export function testJobStore(name: string, makePlace: () => Promise<StorePlace>): void {
  const test = suite(`a job store: ${name}`)

  const behaves = (behaviour: string, check: (reopen: () => Promise<OpenStore>) => Promise<void>): void => {
    test(behaviour, async () => {
      const place = await makePlace()
      let store: OpenStore | null = null
      try {
        await check(async () => {
          await store?.jobs.close()
          store = await place.open()
          return store
        })
      } finally {
        await (store as OpenStore | null)?.jobs.close()
        await place.remove()
      }
    })
  }

  const taken = async (store: OpenStore, from = target): Promise<readonly number[]> => {
    return (await store.jobs.take(from, 100)).map(numberOf)
  }

  behaves('is empty at first', async (open) => {
    const store = await open()
    assert.equal([...store.jobs.backlogs()], [])
    assert.equal(store.recovery, { jobs: 0, events: 0, deadLetters: 0, damaged: 0 })
  })

  behaves('has a job after it was opened again, with all that its head says', async (open) => {
    const job = jobOf(1, { attempts: 2, status: 500, spentMs: 1234.5, nextAt: 1_700_000_000_999 })
    await (await open()).jobs.commit(group([job]))
    assert.equal(await (await open()).jobs.take(target, 5), [job.head])
  })

  behaves('has the bytes of a body that lies in shared memory', async (open) => {
    const store = await open()
    const memory = new Uint8Array(new SharedArrayBuffer(40_000), 100, 30_000)
    for (let index = 0; index < memory.length; index++) memory[index] = index
    const { head } = jobOf(1, { bodyBytes: memory.byteLength })
    await store.jobs.commit(group([{ head, body: memory }]))
    const into = new Uint8Array(new SharedArrayBuffer(30_000))
    assert.is(await store.jobs.read(idOf(1), into), 'read')
    assert.equal(into.slice(), memory.slice())
  })

  behaves('is the same after a probe, however often', async (open) => {
    const store = await open()
    await store.jobs.commit(group([jobOf(1)], [release(1)]))
    for (let times = 0; times < 3; times++) await store.jobs.probe()
    const before = store.figures()
    const { recovery, jobs } = await open()
    assert.equal([before.jobs, before.letters, recovery.jobs, recovery.damaged], [1, 0, 1, 0])
    assert.equal((await jobs.take(target, 5)).map(numberOf), [1])
  })

  behaves('holds a new job, so that nobody takes it', async (open) => {
    const store = await open()
    await store.jobs.commit(group([jobOf(1)]))
    assert.equal([[...store.jobs.backlogs()], await taken(store)], [[], []])
  })

  behaves('says what is parked for whom', async (open) => {
    const store = await open()
    const jobs = [jobOf(1), jobOf(2), jobOf(3, { target: otherTarget }), jobOf(4)]
    await store.jobs.commit(group(jobs, [release(1), release(2), release(3)]))
    assert.equal(
      [...store.jobs.backlogs()].sort((a, b) => b.jobs - a.jobs),
      [
        { target, jobs: 2, bytes: 26 },
        { target: otherTarget, jobs: 1, bytes: 13 },
      ],
    )
  })

  behaves('gives parked jobs by their seq, however they came', async (open) => {
    const store = await open()
    const jobs = [5, 3, 9, 1, 7].map((number) => jobOf(number))
    await store.jobs.commit(group(jobs))
    for (const number of [9, 1, 5]) await store.jobs.commit(group([], [release(number)]))
    const first = await store.jobs.take(target, 2)
    await store.jobs.commit(group([], [release(3), release(1)]))
    assert.equal(
      [first.map(numberOf), await taken(store)],
      [
        [1, 5],
        [1, 3, 9],
      ],
    )
  })

  behaves('gives the parts of a batch, which share its seq, in their order', async (open) => {
    const store = await open()
    const part = (halves: number, single: number): Job => {
      const job = jobOf(7)
      new DataView(job.head.id.buffer).setInt32(16, halves, true)
      new DataView(job.head.id.buffer).setInt32(20, single, true)
      return job
    }
    const parts = [part(3, 0), part(5, 0), part(4, 2), part(4, 1)]
    await store.jobs.commit(group([jobOf(8), ...parts, jobOf(6)]))
    const heads = await (await open()).jobs.take(target, 10)
    const shown = heads.map(({ id, seq }) => {
      const view = new DataView(id.buffer, id.byteOffset)
      return [seq, view.getInt32(16, true), view.getInt32(20, true)]
    })
    assert.equal(shown, [
      [6, 0, 0],
      [7, 4, 1],
      [7, 4, 2],
      [7, 5, 0],
      [7, 3, 0],
      [8, 0, 0],
    ])
  })

  behaves('gives all jobs by their seq after it was opened again', async (open) => {
    const store = await open()
    for (const number of [8, 2, 6, 4]) await store.jobs.commit(group([jobOf(number)]))
    assert.equal(await taken(await open()), [2, 4, 6, 8])
  })

  behaves('stores a job once, though it comes again', async (open) => {
    const store = await open()
    await store.jobs.commit(group([jobOf(1), jobOf(2)]))
    await store.jobs.commit(group([jobOf(1), jobOf(2)]))
    assert.is(store.figures().jobs, 2)
    assert.equal(await taken(await open()), [1, 2])
  })

  behaves('holds a parked job that comes again', async (open) => {
    await (await open()).jobs.commit(group([jobOf(1)]))
    const store = await open()
    await store.jobs.commit(group([jobOf(1)]))
    assert.equal(await taken(store), [])
  })

  behaves('forgets what is done for good', async (open) => {
    const store = await open()
    await store.jobs.commit(group([jobOf(1), jobOf(2)]))
    await store.jobs.commit(group([], [done(1)]))
    await store.jobs.commit(
      group([], [done(1), release(1), state(1, { attempts: 1, status: 0, spentMs: 0, nextAt: 0 })]),
    )
    assert.is(await store.jobs.read(idOf(1), new Uint8Array(100)), 'gone')
    assert.equal(await taken(await open()), [2])
  })

  behaves('takes a change of a job that came with it', async (open) => {
    const store = await open()
    await store.jobs.commit(group([jobOf(1), jobOf(2), jobOf(3)], [done(1), dead(2), release(3)]))
    assert.equal([store.figures().jobs, store.figures().letters, await taken(store)], [1, 1, [3]])
  })

  behaves('takes no notice of a change of a job that it does not have', async (open) => {
    const store = await open()
    await store.jobs.commit(group([], [done(1), dead(2), release(3)]))
    assert.equal([store.figures().jobs, store.figures().letters], [0, 0])
  })

  behaves('gives the newest state', async (open) => {
    const store = await open()
    const newest = { attempts: 2, status: 502, spentMs: 61_000.25, nextAt: 1_700_000_300_000 }
    await store.jobs.commit(group([jobOf(1)]))
    await store.jobs.commit(group([], [state(1, { ...newest, attempts: 1 })]))
    await store.jobs.commit(group([], [state(1, newest), release(1)]))
    const expected = [{ ...jobOf(1).head, ...newest }]
    assert.equal(await store.jobs.take(target, 1), expected)
    assert.equal(await (await open()).jobs.take(target, 1), expected)
  })

  behaves('lets a job be claimed that is stored, and no other', async (open) => {
    const store = await open()
    await store.jobs.commit(group([jobOf(1), jobOf(2)], [release(1), dead(2)]))
    assert.equal(
      [store.jobs.claim(idOf(1)), store.jobs.claim(idOf(2)), store.jobs.claim(idOf(3))],
      [true, false, false],
    )
    assert.equal(await taken(store), [])
  })

  behaves('lists dead letters with their bodies in the order of their deaths, a page at a time', async (open) => {
    const store = await open()
    await store.jobs.commit(group([1, 2, 3].map((number) => jobOf(number))))
    for (const number of [2, 3, 1]) await store.jobs.commit(group([], [dead(number, `end of ${number}`)]))
    const { letters } = await open()
    const first = await letters.list({ limit: 2, after: null })
    const second = await letters.list({ limit: 2, after: first.at(-1)?.position ?? null })
    assert.equal(
      [...first, ...second].map(({ head, death, body }) => [numberOf(head), death, Buffer.from(body).toString()]),
      [2, 3, 1].map((number) => [number, deathOf(`end of ${number}`), `body of job ${number}`]),
    )
  })

  behaves('gives no dead letter to anybody', async (open) => {
    await (await open()).jobs.commit(group([jobOf(1)], [dead(1)]))
    const store = await open()
    assert.equal([await taken(store), await store.jobs.read(idOf(1), new Uint8Array(99))], [[], 'gone'])
  })

  behaves('keeps the first death of a life, and none of a life that is over', async (open) => {
    const store = await open()
    await store.jobs.commit(group([jobOf(1)], [dead(1, 'first'), dead(1, 'second')]))
    await store.letters.replay({})
    await store.jobs.commit(group([], [dead(1, 'late')]))
    assert.is(store.figures().letters, 0)
    await store.jobs.commit(group([], [dead(1, 'next', { life: 1 })]))
    const [letter] = await (await open()).letters.list({ limit: 5, after: null })
    assert.is(letter?.death.error, 'next')
  })

  behaves('replays letters under their ids, in another life, behind all others', async (open) => {
    const store = await open()
    await store.jobs.commit(group([jobOf(1), jobOf(2), jobOf(3)], [dead(1), release(3), release(2)]))
    assert.equal(await store.letters.replay({ ids: [idOf(1)] }), [{ target, jobs: 1, bytes: 13 }])
    const heads = await store.jobs.take(target, 5)
    assert.equal(heads.map(numberOf), [2, 3, 1])
    assert.equal(
      heads.map(({ life, attempts }) => [life, attempts]),
      [
        [0, 0],
        [0, 0],
        [1, 0],
      ],
    )
    assert.equal(await taken(await open()), [2, 3, 1])
  })

  behaves('replays and purges the letters that are meant', async (open) => {
    const store = await open()
    const jobs = [jobOf(1), jobOf(2, { target: otherTarget }), jobOf(3, { target: { app: 'app-2', endpoint: 'wh_1' } })]
    await store.jobs.commit(group(jobs, [dead(1), dead(2), dead(3)]))
    assert.is(await store.letters.purge({ app: 'app-1', endpoint: 'wh_2' }), 1)
    assert.is(await store.letters.purge({ ids: [idOf(3)], app: 'app-1' }), 0)
    assert.equal(await store.letters.replay({ app: 'app-2' }), [
      { target: { app: 'app-2', endpoint: 'wh_1' }, jobs: 1, bytes: 13 },
    ])
    const left = await (await open()).letters.list({ limit: 5, after: null })
    assert.equal(
      left.map(({ head }) => numberOf(head)),
      [1],
    )
  })

  behaves('forgets a purged letter for good', async (open) => {
    const store = await open()
    await store.jobs.commit(group([jobOf(1)], [dead(1)]))
    assert.is(await store.letters.purge({}), 1)
    const { recovery } = await open()
    assert.equal([recovery.jobs, recovery.deadLetters], [0, 0])
  })

  behaves('says what it found when it was opened again', async (open) => {
    await (await open()).jobs.commit(group([jobOf(1), jobOf(2), jobOf(3), jobOf(4)], [done(1), dead(2)]))
    assert.equal((await open()).recovery, { jobs: 2, events: 6, deadLetters: 1, damaged: 0 })
  })

  behaves('names a seq that is above all of its own', async (open) => {
    await (await open()).jobs.commit(group([jobOf(1, { seq: 2 ** 52 }), jobOf(2, { seq: 5 })]))
    assert.ok((await open()).firstSeq > 2 ** 52)
  })

  behaves('counts what it holds', async (open) => {
    const store = await open()
    await store.jobs.commit(group([jobOf(1), jobOf(2), jobOf(3)], [dead(3)]))
    const { jobs, bytes, letters, letterBytes } = store.figures()
    assert.equal({ jobs, bytes, letters, letterBytes }, { jobs: 2, bytes: 26, letters: 1, letterBytes: 13 })
  })

  behaves('keeps ids of apps and endpoints apart, whatever they hold', async (open) => {
    const targets = [
      { app: 'a', endpoint: 'bc' },
      { app: 'ab', endpoint: 'c' },
      { app: 'ä€😀', endpoint: '\0:' },
    ]
    await (await open()).jobs.commit(group(targets.map((of, index) => jobOf(index + 1, { target: of }))))
    const store = await open()
    for (const [index, of] of targets.entries()) assert.equal(await taken(store, of), [index + 1])
  })

  test.run()
}
