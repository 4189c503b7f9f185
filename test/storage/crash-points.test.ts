// time limit: 3600 s

/**
 * A shard and the storage thread, either stopped before any of its stores to the memory that they share, both in pairs. Batches are
 * delivered, split, parked and loaded meanwhile; then everything is run to its end.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SlabId } from '../../src/arena/arena-memory.js'
import { Custody, CustodyWords } from '../../src/arena/custody.js'
import { jobIdText } from '../../src/arena/job-id.js'
import { Custodian } from '../../src/deliver/custodian.js'
import { HandOverConsumer } from '../../src/hand-over/consumer.js'
import { StoreDownError, StoreFullError } from '../../src/queue/errors.js'
import { openHandedOver } from '../../src/queue/handed-over/handed-over-store.js'
import type { OpenStore } from '../../src/queue/job-store.js'
import { Commits } from '../../src/storage/commits.js'
import { FakeQueue } from '../queue/support/fake-queue.js'
import { FakeStore } from '../queue/support/fake-store.js'
import { isLong } from '../support/effort.js'
import { CrashRig, type SideName, type StorePlace } from './support/crash-rig.js'

const test = suite('crash points of a shard and the storage thread')

const BATCHES = 9
const DOWN = new StoreDownError('the store of the test fails')
/** Turns after which nothing can be left. */
const MOST_TURNS = 300
/** After these, what is left waits for the time at which the store is asked again that has failed. */
const TURNS_AT_ONCE = 40
const PAUSE_MS = 5

interface Run {
  readonly counts: Readonly<Record<SideName, number>>
  readonly problems: readonly string[]
  readonly parkedAtMost: number
}

/** What the receiver does: it takes everything, or no bodies of several events, or not every batch. */
type Receiver = 'takes all' | 'takes single events' | 'refuses some'

/** Which store of each side it is stopped before; 0: none. */
interface StoppedBefore {
  readonly shard: number
  readonly storage: number
}

/** What a shard and its store go through. */
interface Course {
  readonly place: StorePlace
  /** The store, or the queue, that it ends in. */
  readonly store: FakeStore | FakeQueue
  /** Called with each batch that there is to be, counted from 0: submits it. */
  readonly feed: (rig: CrashRig, batch: number) => Promise<void>
  /** Called when there are all. */
  readonly fed?: (rig: CrashRig) => Promise<void>
  /** Called until nothing is left, with a number that is counted from 0. */
  readonly round: (rig: CrashRig, turn: number) => Promise<void>
  /** Called before it is closed. */
  readonly closing?: (rig: CrashRig) => Promise<void>
  /** How often a batch is sent at most where nothing dies; 1 by default. */
  readonly mostSent?: number
}

/** Makes a new course for each run. */
type CourseOf = (at: StoppedBefore, receiver: Receiver) => Course

/** Feeds all batches to a shard, and goes on from there. `parked`: how many the store had parked at most. */
async function withFed(
  { place, feed, fed }: Course,
  at: StoppedBefore,
  receiver: Receiver,
  goOn: (rig: CrashRig, parked: number) => Promise<Run>,
): Promise<Run> {
  const rig = new CrashRig(at, place)
  rig.isPicky = receiver === 'takes single events'
  rig.refusesSome = receiver === 'refuses some'
  try {
    await rig.begin()
    let parked = 0
    for (let batch = 0; batch < BATCHES; batch++) {
      await feed(rig, batch)
      parked = Math.max(parked, rig.parked)
    }
    await fed?.(rig)
    return await goOn(rig, parked)
  } finally {
    rig.end()
  }
}

async function follow(courseOf: CourseOf, at: StoppedBefore, receiver: Receiver): Promise<Run> {
  const course = courseOf(at, receiver)
  const { round, mostSent = 1 } = course
  return withFed(course, at, receiver, async (rig, parked) => {
    let parkedAtMost = parked
    let turns = 0
    for (; turns < MOST_TURNS && !rig.isEmpty; turns++) {
      if (turns >= TURNS_AT_ONCE) await sleep(PAUSE_MS)
      await round(rig, turns)
      parkedAtMost = Math.max(parkedAtMost, rig.parked)
    }
    return { counts: rig.counts, problems: await problemsOf(rig, turns, mostSent), parkedAtMost }
  })
}

async function submit(rig: CrashRig): Promise<void> {
  await rig.submit(rig.isPicky ? 2 : 1)
}

async function feedInTurns(rig: CrashRig, batch: number): Promise<void> {
  await submit(rig)
  if (batch % 2 === 0) return
  await rig.storage()
  await rig.turn()
}

async function finishInTurns(rig: CrashRig): Promise<void> {
  await rig.turn()
  await rig.storage()
  await rig.answer()
}

/** The store keeps what the shard delivers, and is full for a time where the receiver refuses some. */
function keeping(at: StoppedBefore, receiver: Receiver): Course {
  return keepingIn(new FakeStore(), at, receiver)
}

function keepingIn(store: FakeStore, at: StoppedBefore, receiver: Receiver): Course {
  const isRefusing = receiver === 'refuses some'
  const isFullAt = (batch: number): boolean => isRefusing && batch >= 3 && batch < 6
  return {
    place: store,
    store,
    feed: async (rig, batch) => {
      if (isRefusing && at.shard === 0) store.meanwhile = () => rig.answer()
      store.refuseJobs(isFullAt(batch) ? new StoreFullError() : null)
      await feedInTurns(rig, batch)
      if (batch === 5) await rig.answer()
    },
    round: finishInTurns,
  }
}

/** The same, and what is asked of the store is answered late. */
function answeringLate(at: StoppedBefore, receiver: Receiver): Course {
  const store = new FakeStore()
  const course = keepingIn(store, at, receiver)
  return {
    ...course,
    fed: async () => store.answerLate(),
    round: async (rig, turn) => {
      await course.round(rig, turn)
      if (turn % 3 === 2) await rig.toStorage(() => store.answer())
    },
  }
}

/** The same, and calls to the store fail until this turn, also after what they were to do is done. */
const FAILS_UNTIL_TURN = 12

function failing(at: StoppedBefore, receiver: Receiver): Course {
  const store = new FakeStore()
  const faults = ['commit', 'read', 'commit-then-fail', 'take', 'probe'] as const
  return failingBetween(keepingIn(store, at, receiver), (step) => store.failNext(nth(faults, step), DOWN))
}

function failingQueue(): Course {
  const queue = new FakeQueue()
  const faults = ['store', 'change', 'store-then-fail', 'probe'] as const
  return failingBetween(handingOverTo(queue), (step) => queue.failNext(nth(faults, step), DOWN))
}

function failingBetween(course: Course, fail: (step: number) => void): Course {
  return {
    ...course,
    feed: async (rig, batch) => {
      fail(batch)
      await course.feed(rig, batch)
    },
    round: async (rig, turn) => {
      if (turn < FAILS_UNTIL_TURN) fail(turn)
      await course.round(rig, turn)
    },
  }
}

function nth<Item>(items: readonly [Item, ...Item[]], index: number): Item {
  return items[index % items.length] ?? items[0]
}

/** The store loses everything half-way: only what was in the store alone may be lost with it. */
function losing(): Course {
  const store = new FakeStore()
  return {
    place: store,
    store,
    feed: feedInTurns,
    fed: async (rig) => {
      store.lose()
      const kept = await rig.storeLost()
      rig.submitted.splice(0, Number.POSITIVE_INFINITY, ...rig.submitted.filter((id) => kept.has(id)))
    },
    round: finishInTurns,
  }
}

function handingOverTo(queue: FakeQueue): Course {
  const open = (): OpenStore => {
    queue.die()
    return openHandedOver(queue.connect(), queue.letterStore, true)
  }
  return {
    place: { open },
    store: queue,
    feed: async (rig, batch) => {
      await submit(rig)
      if (batch % 2 === 0) await rig.storage()
      if (batch % 3 === 1) await rig.turn()
    },
    round: async (rig) => {
      // The storage thread has time for more than one round while the shard has none.
      await rig.receive()
      await rig.storage()
      await rig.turn()
      await rig.storage()
      await rig.answer()
    },
  }
}

/** The shard hands everything over to a queue, from which it comes back. */
function handingOver(): Course {
  return handingOverTo(new FakeQueue())
}

/** The same, and before it is closed it begins to give back what came from the queue. */
function givingBack(): Course {
  const course = handingOver()
  return {
    ...course,
    closing: async (rig) => {
      await rig.giveBack()
      for (let turn = 0; turn < 3; turn++) {
        await rig.turn()
        await rig.storage()
      }
    },
  }
}

/** The same, and the queue is another process's for a moment. */
function takenFrom(): Course {
  const queue = new FakeQueue()
  const course = handingOverTo(queue)
  return {
    ...course,
    round: async (rig, turn) => {
      if (turn === 2) void queue.takeFromAndGiveBack()
      await course.round(rig, turn)
    },
    mostSent: 2,
  }
}

/** @param mostSent how often a batch is sent at most where nothing dies */
async function problemsOf(rig: CrashRig, turns: number, mostSent: number): Promise<readonly string[]> {
  const problems = [...rig.broken]
  if (turns === MOST_TURNS) problems.push(`something is left: ${rig.leftovers}`)
  const letters = await rig.letters()
  const ids = rig.submitted.flatMap((id) => (rig.isPicky ? [`${id}.0`, `${id}.1`] : [id]))
  for (const id of ids) if (!rig.delivered.has(id) && !letters.includes(id)) problems.push(`${id} is lost`)
  for (const id of letters) if (!rig.refused.has(id)) problems.push(`${id} is a dead letter, and was not refused`)
  for (const [id, times] of rig.sent) if (times > mostSent + rig.deaths) problems.push(`${id} was sent ${times} times`)
  return problems
}

/**
 * As `follow`, to a place in the course where the dispatcher is closed. @param rounds after all batches were fed
 * @returns what is neither delivered, nor a dead letter, nor in the store, and what is in the store though it has settled
 */
async function followToClose(courseOf: CourseOf, at: StoppedBefore, receiver: Receiver, rounds: number): Promise<Run> {
  const course = courseOf(at, receiver)
  const { store, round, closing } = course
  return withFed(course, at, receiver, async (rig, parkedAtMost) => {
    for (let turn = 0; turn < rounds; turn++) await round(rig, turn)
    await closing?.(rig)
    await rig.close()
    return { counts: rig.counts, problems: await problemsAfterClose(rig, store), parkedAtMost }
  })
}

async function problemsAfterClose(rig: CrashRig, store: FakeStore | FakeQueue): Promise<readonly string[]> {
  const isHandedOver = store instanceof FakeQueue
  const stored = store.ids.map(jobIdText)
  const problems = [...rig.broken]
  const settled = new Set([...rig.delivered, ...(await rig.letters())])
  for (const id of rig.submitted) {
    const isWhole = stored.includes(id) || settled.has(id)
    const isInParts = [`${id}.0`, `${id}.1`].every((part) => stored.includes(part) || settled.has(part))
    if (!isWhole && !isInParts) problems.push(`${id} is lost`)
  }
  // What a shard's thread was told and could not note before it ended comes again, and what a storage thread had received.
  if (rig.shardDeaths > 0 || (rig.deaths > 0 && isHandedOver)) return problems
  for (const id of stored) if (settled.has(id)) problems.push(`${id} has settled and is stored`)
  return problems
}

/** One whole run, in which either is stopped before that store of its. */
type RunTo = (at: StoppedBefore) => Promise<Run>

async function problemsAt(run: RunTo, at: StoppedBefore): Promise<readonly string[]> {
  // Ports that were closed, and the memory that they know of, go with a turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve))
  const { problems } = await run(at)
  return problems.map((problem) => `stopped before ${at.shard}/${at.storage}: ${problem}`)
}

/** Every nth of the points of each is tried. */
interface Strides {
  readonly shard: number
  readonly storage: number
}

async function* sweep(run: RunTo, alone: Strides, inPairs: Strides | null): AsyncGenerator<string> {
  const { counts, problems } = await run({ shard: 0, storage: 0 })
  yield* problems
  for (let shard = 1; shard <= counts.shard; shard += alone.shard) yield* await problemsAt(run, { shard, storage: 0 })
  for (let storage = 1; storage <= counts.storage; storage += alone.storage) {
    yield* await problemsAt(run, { shard: 0, storage })
  }
  if (inPairs === null) return
  for (let shard = 1; shard <= counts.shard; shard += inPairs.shard) {
    for (let storage = 1 + (shard % 7); storage <= counts.storage; storage += inPairs.storage) {
      yield* await problemsAt(run, { shard, storage })
    }
  }
}

function toTheEnd(receiver: Receiver, courseOf: CourseOf = keeping): RunTo {
  return (at) => follow(courseOf, at, receiver)
}

async function all(problems: AsyncIterable<string>): Promise<readonly string[]> {
  const found: string[] = []
  for await (const problem of problems) found.push(problem)
  return found
}

async function isAny(problems: AsyncIterable<string>): Promise<boolean> {
  for await (const _ of problems) return true
  return false
}

/** After how many of a course's rounds the dispatcher is closed. */
const ROUNDS_TO_CLOSE = isLong ? [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] : [0, 3]
const CLOSELY = { shard: 3, storage: 1 }
const TO_CLOSE = isLong ? CLOSELY : { shard: 7, storage: 2 }
const COARSELY = isLong ? CLOSELY : { shard: 11, storage: 3 }
/** Long runs stop both before every store of theirs. */
const IN_PAIRS = isLong ? { shard: 1, storage: 1 } : { shard: 61, storage: 21 }
const IN_PAIRS_COARSELY = isLong ? { shard: 7, storage: 3 } : { shard: 127, storage: 61 }

test('some batches are parked, and all are delivered, when neither is stopped', async () => {
  const whole = await follow(keeping, { shard: 0, storage: 0 }, 'takes all')
  assert.equal(whole.problems, [])
  assert.ok(whole.parkedAtMost > 0)
})

test('nothing is lost, doubled or left when either is stopped, or both', async () => {
  assert.equal(await all(sweep(toTheEnd('takes all'), CLOSELY, IN_PAIRS)), [])
})

test('nor when batches are split meanwhile', async () => {
  assert.equal(await all(sweep(toTheEnd('takes single events'), COARSELY, IN_PAIRS_COARSELY)), [])
})

test('nor when batches become dead letters while they are being written, and the store is full for a time', async () => {
  assert.equal(await all(sweep(toTheEnd('refuses some'), COARSELY, IN_PAIRS_COARSELY)), [])
})

test('nor when what is asked of the store is answered late', async () => {
  assert.equal(await all(sweep(toTheEnd('takes all', answeringLate), CLOSELY, IN_PAIRS)), [])
})

test('what is handed over comes back, and all of it is delivered, when neither is stopped', async () => {
  const whole = await follow(handingOver, { shard: 0, storage: 0 }, 'takes all')
  assert.equal(whole.problems, [])
  assert.ok(whole.parkedAtMost > 0)
})

for (const [receiver, strides] of [
  ['takes all', CLOSELY],
  ['takes single events', COARSELY],
  ['refuses some', COARSELY],
] as const) {
  test(`nothing that is handed over is lost, doubled or left when either is stopped, or both: the receiver ${receiver}`, async () => {
    assert.equal(await all(sweep(toTheEnd(receiver, handingOver), strides, IN_PAIRS)), [])
  })
}

for (const receiver of ['takes all', 'takes single events', 'refuses some'] as const) {
  test(`nor when the store fails now and then: the receiver ${receiver}`, async () => {
    assert.equal(await all(sweep(toTheEnd(receiver, failing), COARSELY, IN_PAIRS_COARSELY)), [])
  })

  test(`nor when the queue does: the receiver ${receiver}`, async () => {
    assert.equal(await all(sweep(toTheEnd(receiver, failingQueue), COARSELY, IN_PAIRS_COARSELY)), [])
  })
}

test('nor when another process has the queue for a moment', async () => {
  assert.equal(await all(sweep(toTheEnd('refuses some', takenFrom), COARSELY, IN_PAIRS_COARSELY)), [])
})

for (const receiver of ['takes all', 'takes single events'] as const) {
  test(`nothing is lost that was in the arena when the store lost everything: the receiver ${receiver}`, async () => {
    assert.equal(await all(sweep(toTheEnd(receiver, losing), COARSELY, IN_PAIRS_COARSELY)), [])
  })
}

for (const [name, courseOf] of [
  ['kept', keeping],
  ['handed over', handingOver],
  ['given back', givingBack],
  ['kept though the store fails now and then', failing],
  ['handed over though the queue fails now and then', failingQueue],
] as const) {
  for (const receiver of ['takes all', 'takes single events', 'refuses some'] as const) {
    test(`nothing that is ${name} is lost at a close: the receiver ${receiver}`, async () => {
      for (const rounds of ROUNDS_TO_CLOSE) {
        const toClose: RunTo = (at) => followToClose(courseOf, at, receiver, rounds)
        assert.equal(await all(sweep(toClose, TO_CLOSE, IN_PAIRS_COARSELY)), [], `after ${rounds} rounds`)
      }
    })
  }
}

/** Plants a fault in a method and takes it out. @returns whether a sweep shows it */
async function isShown<Name extends string, Method>(
  prototype: Record<Name, Method>,
  name: Name,
  mutant: Method,
  run: RunTo = toTheEnd('takes all'),
): Promise<boolean> {
  const real = prototype[name]
  prototype[name] = mutant
  try {
    return await isAny(sweep(run, CLOSELY, null))
  } finally {
    prototype[name] = real
  }
}

test('would show entries that leave the ring before they are stored', async () => {
  const { prototype } = HandOverConsumer
  const { next } = prototype
  const leaving = function (this: HandOverConsumer): number {
    const at = next.call(this)
    this.leave()
    return at
  }
  const isSeen = await isShown(prototype, 'next', leaving, toTheEnd('takes all', failing))
  assert.ok(isSeen)
})

test('would show a dead letter whose custody is that of the slab which it came from', async () => {
  const { prototype } = CustodyWords
  const { know } = prototype
  let from: SlabId | null = null
  const { moved } = Custodian.prototype
  Custodian.prototype.moved = function (slab, to) {
    from = slab
    moved.call(this, slab, to)
    from = null
  }
  try {
    const copied = function (this: CustodyWords, to: SlabId): void {
      know.call(this, to)
      if (from !== null) this.exchange(to, this.generation(to), Custody.None, this.of(from))
    }
    const isSeen = await isShown(prototype, 'know', copied, toTheEnd('refuses some'))
    assert.ok(isSeen)
  } finally {
    Custodian.prototype.moved = moved
  }
})

test('would show batches that a full store has refused and that are not offered again', async () => {
  const isSeen = await isShown(Commits.prototype, 'offer', () => undefined, toTheEnd('refuses some'))
  assert.ok(isSeen)
})

test.run()
