// time limit: 300 s

/**
 * A shard and the storage thread, either stopped before any of its stores to the memory that they share, both in pairs. Batches are
 * delivered, split, parked and loaded meanwhile; then everything is run to its end.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HandOverConsumer } from '../../src/hand-over/consumer.js'
import { CrashRig, type SideName } from './support/crash-rig.js'

const test = suite('crash points of a shard and the storage thread')

const BATCHES = 9
/** Turns after which nothing can be left. */
const MOST_TURNS = 300

interface Run {
  readonly counts: Readonly<Record<SideName, number>>
  readonly problems: readonly string[]
  readonly parkedAtMost: number
}

async function run(shard: number, storage: number, isPicky: boolean): Promise<Run> {
  const rig = new CrashRig({ shard, storage })
  rig.isPicky = isPicky
  let parkedAtMost = 0
  try {
    await rig.begin()
    for (let batch = 0; batch < BATCHES; batch++) {
      await rig.submit(isPicky ? 2 : 1)
      if (batch % 2 === 1) {
        await rig.storage()
        await rig.turn()
      }
      parkedAtMost = Math.max(parkedAtMost, rig.parked)
      if (batch === 5) await rig.answer()
    }
    let turns = 0
    for (; turns < MOST_TURNS && !rig.isEmpty; turns++) {
      await rig.turn()
      await rig.storage()
      await rig.answer()
      parkedAtMost = Math.max(parkedAtMost, rig.parked)
    }
    return { counts: rig.counts, problems: problemsOf(rig, turns), parkedAtMost }
  } finally {
    rig.end()
  }
}

function problemsOf(rig: CrashRig, turns: number): readonly string[] {
  const problems = [...rig.broken]
  if (turns === MOST_TURNS) problems.push(`something is left: ${rig.leftovers}`)
  for (const id of rig.submitted) {
    const parts = rig.isPicky ? [`${id}.0`, `${id}.1`] : [id]
    for (const part of parts) if (!rig.delivered.has(part)) problems.push(`${part} is lost`)
  }
  for (const [id, times] of rig.sent) if (times > 1 + rig.deaths) problems.push(`${id} was sent ${times} times`)
  return problems
}

function shown(shard: number, storage: number, { problems }: Run): readonly string[] {
  return problems.map((problem) => `stopped before ${shard}/${storage}: ${problem}`)
}

/** Every nth of the points of each is tried. */
interface Strides {
  readonly shard: number
  readonly storage: number
}

async function sweep(isPicky: boolean, alone: Strides, inPairs: Strides | null): Promise<readonly string[]> {
  const { counts } = await run(0, 0, isPicky)
  const problems: string[] = []
  for (let at = 1; at <= counts.shard; at += alone.shard) problems.push(...shown(at, 0, await run(at, 0, isPicky)))
  for (let at = 1; at <= counts.storage; at += alone.storage) problems.push(...shown(0, at, await run(0, at, isPicky)))
  if (inPairs === null) return problems
  for (let shard = 1; shard <= counts.shard; shard += inPairs.shard) {
    for (let storage = 1 + (shard % 7); storage <= counts.storage; storage += inPairs.storage) {
      problems.push(...shown(shard, storage, await run(shard, storage, isPicky)))
    }
  }
  return problems
}

test('some batches are parked, and all are delivered, when neither is stopped', async () => {
  const whole = await run(0, 0, false)
  assert.equal(whole.problems, [])
  assert.ok(whole.parkedAtMost > 0)
})

test('nothing is lost, doubled or left when either is stopped, or both', async () => {
  assert.equal(await sweep(false, { shard: 3, storage: 1 }, { shard: 61, storage: 21 }), [])
})

test('nor when batches are split meanwhile', async () => {
  assert.equal(await sweep(true, { shard: 11, storage: 5 }, { shard: 127, storage: 61 }), [])
})

/** Plants a fault, sweeps and takes it out. */
async function withMutant<Name extends string, Method>(
  prototype: Record<Name, Method>,
  name: Name,
  mutant: Method,
): Promise<readonly string[]> {
  const real = prototype[name]
  prototype[name] = mutant
  try {
    return await sweep(false, { shard: 3, storage: 1 }, null)
  } finally {
    prototype[name] = real
  }
}

test('would show entries that leave the ring before they are stored', async () => {
  const { prototype } = HandOverConsumer
  const { next } = prototype
  const problems = await withMutant(prototype, 'next', function (this: HandOverConsumer) {
    const at = next.call(this)
    this.leave()
    return at
  })
  assert.ok(problems.length > 0)
})

test.run()
