// time limit: 300 s

/**
 * A shard and the storage thread, either stopped before any of its stores to the memory that they share, both in pairs. Batches are
 * delivered, split, parked and loaded meanwhile; then everything is run to its end.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
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

for (const isPicky of [false, true]) {
  const what = isPicky ? 'batches that are split' : 'batches'

  test(`${what}: all is delivered when neither is stopped, and some was parked meanwhile`, async () => {
    const whole = await run(0, 0, isPicky)
    assert.equal(whole.problems, [])
    assert.ok(whole.parkedAtMost > 0)
  })

  test(`${what}: either stopped before each of its stores`, async () => {
    const { counts } = await run(0, 0, isPicky)
    const problems: string[] = []
    for (let at = 1; at <= counts.shard; at++) problems.push(...shown(at, 0, await run(at, 0, isPicky)))
    for (let at = 1; at <= counts.storage; at++) problems.push(...shown(0, at, await run(0, at, isPicky)))
    assert.equal(problems, [])
  })

  test(`${what}: both stopped`, async () => {
    const { counts } = await run(0, 0, isPicky)
    const problems: string[] = []
    for (let shard = 1; shard <= counts.shard; shard += 11) {
      for (let storage = 1 + (shard % 7); storage <= counts.storage; storage += 7) {
        problems.push(...shown(shard, storage, await run(shard, storage, isPicky)))
      }
    }
    assert.equal(problems, [])
  })
}

test.run()
