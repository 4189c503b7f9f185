import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Emission } from '../../../src/cli/load/emission.js'
import { createSchedule, type ScheduleSettings } from '../../../src/cli/load/schedule.js'

const test = suite('load emission')

interface Offer {
  readonly number: number
  readonly dueMs: number
  /** Since the start, as `dueMs` is. */
  readonly atMs: number
}

/** @param answer whether an offer is taken; its second argument counts the offers */
async function emit(settings: ScheduleSettings, answer: (offer: Offer, offers: number) => boolean, giveUpMs = 10_000) {
  const offers: Offer[] = []
  const startMs = performance.now()
  const emission = new Emission(createSchedule(settings), giveUpMs, {
    nowMs: () => performance.now(),
    offer: (number, dueMs) => {
      const offer = { number, dueMs, atMs: performance.now() - startMs }
      offers.push(offer)
      return answer(offer, offers.length)
    },
  })
  await emission.run(startMs)
  return { emission, offers }
}

test('offers every event once, in order, when all are taken', async () => {
  const { offers } = await emit({ rate: 10_000, seconds: null, events: 100 }, () => true)
  assert.equal(
    offers.map(({ number }) => number),
    Array.from({ length: 100 }, (_, index) => index),
  )
})

test('offers a refused event again, with the time at which it was due', async () => {
  const { offers } = await emit(
    { rate: 'max', seconds: null, events: 3 },
    ({ number }, count) => number < 1 || count > 4,
  )
  const [first, ...again] = offers.filter(({ number }) => number === 1)
  assert.ok(again.length === 3 && again.every(({ dueMs }) => dueMs === first?.dueMs))
})

test('offers no event before it is due', async () => {
  const { offers } = await emit({ rate: 200, seconds: null, events: 4 }, () => true)
  assert.equal(
    offers.filter(({ dueMs, atMs }) => atMs < dueMs),
    [],
  )
})

test('ends when it is stopped', async () => {
  const emission = new Emission(createSchedule({ rate: 'max', seconds: null, events: null }), 10_000, {
    nowMs: () => performance.now(),
    offer: (number) => {
      if (number === 500) emission.stop()
      return true
    },
  })
  await emission.run(performance.now())
  assert.ok(emission.taken > 500)
})

test('gives up when nothing is taken for too long', async () => {
  const { emission } = await emit({ rate: 'max', seconds: null, events: 10 }, ({ number }) => number < 5, 5)
  assert.is(emission.taken, 5)
})

test.run()
