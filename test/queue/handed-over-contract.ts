import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Pause } from '../../src/queue/job.js'
import type { OpenStore } from '../../src/queue/job-store.js'
import { until } from '../support/until.js'
import { deathOf, idOf, jobOf } from './job-store-contract.js'
import { numbersOf, PlayedProcess } from './support/played-process.js'

/** A queue that processes share. */
export interface QueuePlace {
  /** As another process does. Each is closed by the suite. */
  open(isConsumer: boolean): Promise<OpenStore>
  remove(): Promise<void>
}

const { target } = jobOf(1).head
const STATE = { attempts: 3, status: 503, spentMs: 1200, nextAt: 1_700_000_002_000 }

/**
 * What every queue must do that processes share.
 * @param cannot names of behaviours that the driver's server does not allow
 */
export function testHandedOver(
  name: string,
  makePlace: () => Promise<QueuePlace>,
  cannot: readonly string[] = [],
): void {
  const test = suite(`a queue that processes share: ${name}`)
  const left = new Set(cannot)

  const behaves = (
    behaviour: string,
    check: (open: (isConsumer: boolean) => Promise<PlayedProcess>) => Promise<void>,
  ): void => {
    if (left.delete(behaviour)) return
    test(behaviour, async () => {
      const place = await makePlace()
      const opened: OpenStore[] = []
      try {
        await check(async (isConsumer) => {
          const store = await place.open(isConsumer)
          opened.push(store)
          return new PlayedProcess(store)
        })
      } finally {
        for (const store of opened) await store.jobs.close()
        await place.remove()
      }
    })
  }

  behaves('gives what one process stores to the one that consumes, in order', async (open) => {
    const host = await open(false)
    const consumer = await open(true)
    await host.add(jobOf(1), jobOf(2))
    await host.add(jobOf(3))
    assert.equal(numbersOf(await consumer.take(3)), [1, 2, 3])
  })

  behaves('keeps what is stored while nobody consumes', async (open) => {
    const host = await open(false)
    await host.add(jobOf(1), jobOf(2))
    const consumer = await open(true)
    assert.equal(numbersOf(await consumer.take(2)), [1, 2])
  })

  behaves('is the same after a probe, however often', async (open) => {
    const host = await open(false)
    const consumer = await open(true)
    await host.add(jobOf(1))
    for (const { store } of [host, consumer, host]) await store.jobs.probe()
    const before = numbersOf(await consumer.take(1))
    await consumer.done(1)
    await host.add(jobOf(2))
    assert.equal([before, numbersOf(await consumer.take(1))], [[1], [2]])
  })

  behaves('gives nothing to a process that does not consume', async (open) => {
    const host = await open(false)
    const other = await open(false)
    await host.add(jobOf(1))
    assert.is(host.waiting() + other.waiting(), 0)
  })

  behaves('gives the body as it was stored', async (open) => {
    const host = await open(false)
    const consumer = await open(true)
    const job = jobOf(1)
    await host.add(job)
    const [head] = await consumer.take(1)
    const body = new Uint8Array(head?.bodyBytes ?? 0)
    await consumer.store.jobs.read(idOf(1), body)
    assert.equal(body, job.body)
  })

  behaves('does not give again what is done', async (open) => {
    const host = await open(false)
    const first = await open(true)
    await host.add(jobOf(1), jobOf(2))
    await first.take(2)
    await first.done(1)
    await first.handedOver.stop()
    const second = await open(true)
    assert.equal(numbersOf(await second.take(1)), [2])
  })

  behaves('gives what a process gives back to the next one, in its order and as it was tried', async (open) => {
    const host = await open(false)
    const first = await open(true)
    await host.add(jobOf(1), jobOf(2), jobOf(3))
    await first.take(2)
    await first.store.jobs.commit({ jobs: [], changes: [{ kind: 'state', id: idOf(1), state: STATE }] })
    await first.handedOver.stop()
    const second = await open(true)
    const heads = await second.take(3)
    assert.equal(numbersOf(heads), [1, 2, 3])
    assert.equal([heads[0]?.attempts, heads[0]?.status, heads[0]?.nextAt], [STATE.attempts, STATE.status, STATE.nextAt])
  })

  behaves('tells the next process for how long an endpoint is to be left alone', async (open) => {
    const host = await open(false)
    const first = await open(true)
    await host.add(jobOf(1))
    await first.take(1)
    const pause: Pause = { untilMs: Date.now() + 60_000, refilledMs: Date.now() + 30_000 }
    first.handedOver.pause(target, pause)
    await first.handedOver.stop()
    const second = await open(true)
    await second.take(1)
    assert.equal(second.handedOver.pauseOf(target), pause)
  })

  behaves('has what was done while it was given back done', async (open) => {
    const host = await open(false)
    const first = await open(true)
    await host.add(jobOf(1), jobOf(2))
    await first.take(2)
    first.beforeDrop = () => first.done(1)
    await first.handedOver.stop()
    const second = await open(true)
    assert.equal(numbersOf(await second.take(1)), [2])
  })

  behaves('takes no more once it was stopped', async (open) => {
    const consumer = await open(true)
    await until(() => consumer.mayAttemptUntilMs > 0)
    await consumer.handedOver.stop()
    await consumer.add(jobOf(1))
    assert.is(consumer.waiting(), 0)
    assert.equal(new Set(consumer.dropped), new Set(['forget']))
  })

  behaves('lets attempts begin only where a process consumes', async (open) => {
    const host = await open(false)
    const consumer = await open(true)
    await until(() => consumer.mayAttemptUntilMs > 0)
    assert.is(host.mayAttemptUntilMs, 0)
  })

  behaves('puts what was taken and not delivered back in its place', async (open) => {
    const consumer = await open(true)
    await consumer.add(jobOf(1), jobOf(2), jobOf(3))
    await consumer.take(2)
    await consumer.store.jobs.commit({
      jobs: [],
      changes: [
        { kind: 'release', id: idOf(2) },
        { kind: 'release', id: idOf(1) },
      ],
    })
    assert.equal(numbersOf(await consumer.take(3)), [1, 2, 3])
  })

  behaves('makes a dead letter of what was given up, and gives it again when it is replayed', async (open) => {
    const consumer = await open(true)
    await consumer.add(jobOf(1))
    await consumer.take(1)
    await consumer.store.jobs.commit({ jobs: [], changes: [{ kind: 'dead', id: idOf(1), death: deathOf('gave up') }] })
    const [letter] = await consumer.store.letters.list({ limit: 10, after: null })
    assert.equal([letter?.death.error, Buffer.from(letter?.body ?? []).toString()], ['gave up', 'body of job 1'])
    await consumer.store.letters.replay({})
    const [head] = await consumer.take(1)
    assert.equal([head?.life, head?.attempts], [1, 0])
  })

  behaves('keeps a dead letter that it has not had before', async (open) => {
    const consumer = await open(true)
    await until(() => consumer.mayAttemptUntilMs > 0)
    const death = deathOf('gave up')
    await consumer.store.jobs.commit({ jobs: [jobOf(1)], changes: [{ kind: 'dead', id: idOf(1), death }] })
    const letters = await consumer.store.letters.list({ limit: 10, after: null })
    assert.equal(
      letters.map(({ death: { error } }) => error),
      ['gave up'],
    )
    assert.is(consumer.waiting(), 0)
  })

  behaves('purges a dead letter that is done, because its events were sent one by one', async (open) => {
    const consumer = await open(true)
    await consumer.add(jobOf(1))
    await consumer.take(1)
    await consumer.store.jobs.commit({ jobs: [], changes: [{ kind: 'dead', id: idOf(1), death: deathOf('gave up') }] })
    await consumer.done(1)
    assert.is((await consumer.store.letters.list({ limit: 10, after: null })).length, 0)
  })

  behaves('gives a job once that was stored twice', async (open) => {
    const host = await open(false)
    await host.add(jobOf(1))
    const other = await open(false)
    await other.add(jobOf(1), jobOf(2))
    const consumer = await open(true)
    assert.equal(numbersOf(await consumer.take(2)), [1, 2])
    await consumer.done(1, 2)
    await consumer.handedOver.stop()
    const next = await open(true)
    await next.add(jobOf(3))
    assert.equal(numbersOf(await next.take(1)), [3])
  })

  if (left.size > 0) throw new Error(`there is no behaviour called ${[...left].join(' or ')}`)
  test.run()
}
