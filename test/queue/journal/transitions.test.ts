import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { crashAgainAndAgain } from '../../../scripts/journal-crashes/crash-world.js'
import { SeededRandom } from '../../../scripts/journal-crashes/random.js'
import { SimulatedDisk } from '../../../scripts/journal-crashes/simulated-disk.js'
import { NO_ENTRY } from '../../../src/queue/journal/job-columns.js'
import { JobIndex, type NewEntry } from '../../../src/queue/journal/job-index.js'
import { locationOf } from '../../../src/queue/journal/location.js'
import { rules } from '../../../src/queue/journal/rules.js'
import { SegmentPool } from '../../../src/queue/journal/segment-pool.js'
import { Transitions } from '../../../src/queue/journal/transitions.js'

const test = suite('what the records of a journal come to')

const ALIGNMENT = 8
const OFFSETS = [4096, 8192, 12_288] as const

/** An index, and places in a segment for its records, in their order. */
function begin() {
  const random = new SeededRandom(1)
  const options = { segmentBytes: 64 * 1024, mostSegments: 4, random: (bytes: number) => random.bytes(bytes) }
  const pool = new SegmentPool(new SimulatedDisk(random), options, rules, 1)
  pool.grow()
  const { slot } = pool.take()
  const index = new JobIndex(pool)
  const [first, second, third] = OFFSETS.map((offset) => locationOf(slot, offset, ALIGNMENT))
  if (first === undefined || second === undefined || third === undefined) throw new Error('three places are needed')
  return { index, transitions: new Transitions(index), places: { first, second, third } }
}

const jobOf = (life: number): NewEntry => ({
  id: new Uint8Array(24).fill(7),
  life,
  seq: 1 + life,
  target: { app: 'app', endpoint: 'hook' },
  bodyBytes: 10,
})

test('a dead letter that was copied behind a replay which failed is a dead letter', () => {
  const { index, transitions, places } = begin()
  transitions.letter(jobOf(0), 1, places.first)
  transitions.job(jobOf(1), places.second)
  transitions.letter(jobOf(0), 1, places.third)
  const entry = index.find(jobOf(0).id)
  const { columns } = index
  assert.equal(
    [index.isDead(entry), columns.life(entry), columns.location(entry), index.jobs.count, index.dead.count],
    [true, 0, places.third, 0, 1],
  )
})

test('a job that was copied behind a death which failed lives', () => {
  const { index, transitions, places } = begin()
  transitions.job(jobOf(0), places.first)
  transitions.dead(jobOf(0).id, 0, 1, places.second)
  transitions.job(jobOf(0), places.third)
  const entry = index.find(jobOf(0).id)
  assert.equal(
    [index.isDead(entry), index.columns.location(entry), index.jobs.count, index.dead.count],
    [false, places.third, 1, 0],
  )
})

test('what is done is gone, and a death or a state of it says nothing', () => {
  const { index, transitions, places } = begin()
  transitions.job(jobOf(0), places.first)
  transitions.done(jobOf(0).id)
  transitions.dead(jobOf(0).id, 0, 1, places.second)
  transitions.state(jobOf(0).id, places.third)
  assert.equal([index.find(jobOf(0).id), index.jobs.count, index.dead.count], [NO_ENTRY, 0, 0])
})

// Its replay of a dead letter fails with its record on the medium, the letter is copied, and the power goes before the segment of both does.
test('a world in which a replay that failed outlived the copy of its letter loses nothing', () =>
  crashAgainAndAgain({ failsEvery: 60, seed: 737_421_400, crashes: 250 }))

test.run()
