// time limit: 240 s
import { crc32 } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SeededRandom } from '../../../scripts/journal-crashes/random.js'
import { SimulatedDisk } from '../../../scripts/journal-crashes/simulated-disk.js'
import type { Job } from '../../../src/queue/job.js'
import type { OpenStore } from '../../../src/queue/job-store.js'
import { JournalFormatError } from '../../../src/queue/journal/format-file.js'
import { At, Kind, MAGIC } from '../../../src/queue/journal/record.js'
import { DATA_START } from '../../../src/queue/journal/segment-header.js'
import { deathOf, idOf, jobOf } from '../job-store-contract.js'
import { openSmallJournal } from './support/small-journal.js'

const test = suite('a damaged journal')

const SEGMENT_BYTES = 20 * 1024
const PAGE_BYTES = 4096
const options = { segmentBytes: SEGMENT_BYTES, maxBytes: 16 * SEGMENT_BYTES }
const open = (disk: SimulatedDisk): OpenStore => openSmallJournal(disk, options)
const newDisk = (): SimulatedDisk => new SimulatedDisk(new SeededRandom(1))

/** Job 1 lives, 2 has a state, 3 is dead, 4 is done, 5 lives; each came with a group of its own. */
async function sample(): Promise<{ readonly disk: SimulatedDisk; readonly name: string; readonly end: number }> {
  const disk = newDisk()
  const { jobs } = open(disk)
  for (const number of [1, 2, 3, 4]) await jobs.commit({ jobs: [jobOf(number)], changes: [] })
  const state = { attempts: 3, status: 500, spentMs: 1, nextAt: 2 }
  await jobs.commit({ jobs: [], changes: [{ kind: 'state', id: idOf(2), state }] })
  await jobs.commit({ jobs: [], changes: [{ kind: 'dead', id: idOf(3), death: deathOf('gave up') }] })
  await jobs.commit({ jobs: [], changes: [{ kind: 'done', id: idOf(4) }] })
  await jobs.commit({ jobs: [jobOf(5)], changes: [] })
  const name = nameOfLog(disk)
  return { disk, name, end: endOf(disk, name) }
}

/** The file that records were written to. */
function nameOfLog(disk: SimulatedDisk): string {
  return disk.list().find((name) => name.endsWith('.log') && endOf(disk, name) > DATA_START) ?? ''
}

function endOf(disk: SimulatedDisk, name: string): number {
  const bytes = new Uint8Array(SEGMENT_BYTES)
  disk.open(name).read(bytes, 0)
  return bytes.findLastIndex((byte, index) => byte !== 0 && index >= DATA_START) + 1
}

async function jobsOf({ jobs }: OpenStore) {
  const found = new Map<number, { readonly attempts: number; readonly outcome: string; readonly text: string }>()
  for (const { target } of [...jobs.backlogs()]) {
    for (const { id, attempts, bodyBytes } of await jobs.take(target, 10_000)) {
      const body = new Uint8Array(bodyBytes)
      const outcome = await jobs.read(id, body)
      found.set(Buffer.from(id).readUInt32BE(4), { attempts, outcome, text: Buffer.from(body).toString() })
    }
  }
  return found
}

const whole = (number: number, attempts = 0) => ({ attempts, outcome: 'read', text: `body of job ${number}` })

async function assertIntact(store: OpenStore): Promise<void> {
  const letters = await store.letters.list({ limit: 9, after: null })
  const expected = new Map([
    [1, whole(1)],
    [2, whole(2, 3)],
    [5, whole(5)],
  ])
  assert.equal([await jobsOf(store), letters.map(({ death }) => death.error)], [expected, ['gave up']])
}

test('loses nothing by a flip in any byte of a header', async () => {
  for (const start of [0, PAGE_BYTES]) {
    for (let at = start; at < start + 64; at++) {
      const { disk, name } = await sample()
      disk.damage(name, (bytes) => flip(bytes, at))
      await assertIntact(open(disk))
    }
  }
})

test('loses no more than one record by a flip in any of its bytes, and counts it', async () => {
  const { end } = await sample()
  for (let at = DATA_START; at < end; at++) {
    const { disk, name } = await sample()
    disk.damage(name, (bytes) => flip(bytes, at))
    const store = open(disk)
    const found = await jobsOf(store)
    const missing = [1, 2, 3, 5].filter((number) => !found.has(number))
    const dead = await store.letters.list({ limit: 9, after: null })
    const lost = missing.filter((number) => !dead.some(({ head }) => Buffer.from(head.id).readUInt32BE(4) === number))
    assert.ok(lost.length <= 1, `byte ${at}: ${lost}`)
    for (const [number, { outcome, text }] of found) {
      if (outcome === 'read') assert.is(text, `body of job ${number}`)
    }
    // The last record may be the rest of a commit that a crash has cut off.
    if (lost.length === 1 && lost[0] !== 5) assert.is(store.recovery.damaged, 1)
  }
})

test('makes a job whose body is damaged a dead letter', async () => {
  const { disk, name } = await sample()
  disk.damage(name, (bytes) => flip(bytes, Buffer.from(bytes).indexOf('body of job 1')))
  const store = open(disk)
  assert.is((await jobsOf(store)).get(1)?.outcome, 'damaged')
  const letters = await open(disk).letters.list({ limit: 9, after: null })
  assert.equal(letters.map(({ death }) => death.cause).sort(), ['damaged', 'exhausted'])
})

test('finds what lies behind a page of zeros', async () => {
  const { disk, name } = await sample()
  disk.damage(name, (bytes) => bytes.fill(0, 0, PAGE_BYTES))
  await assertIntact(open(disk))
  disk.damage(name, (bytes) => bytes.fill(0, DATA_START, DATA_START + 256))
  const store = open(disk)
  assert.equal([[...(await jobsOf(store)).keys()], store.recovery.damaged], [[2, 5], 1])
})

test('has what lies before a tail that was cut off', async () => {
  const { disk, name } = await sample()
  disk.cut(name, DATA_START + 600)
  assert.ok((await jobsOf(open(disk))).has(1))
})

async function manySegments(): Promise<{ readonly disk: SimulatedDisk; readonly jobs: readonly Job[] }> {
  const disk = newDisk()
  const store = open(disk)
  const jobs = Array.from({ length: 40 }, (_, index) => jobOf(index + 1, { bodyBytes: 1000 }, 'x'.repeat(1000)))
  for (const job of jobs) await store.jobs.commit({ jobs: [job], changes: [] })
  return { disk, jobs }
}

test('reads a segment whose header is gone, and puts it aside when it is empty', async () => {
  const { disk, jobs } = await manySegments()
  const first = nameOfLog(disk)
  disk.damage(first, (bytes) => bytes.fill(0, 0, DATA_START))
  const store = open(disk)
  assert.is(store.recovery.jobs, jobs.length)
  await store.jobs.commit({ jobs: [], changes: jobs.map(({ head }) => ({ kind: 'done', id: head.id })) })
  for (let round = 0; round < 30; round++) await store.jobs.commit({ jobs: [], changes: [] })
  assert.ok(disk.list().includes(`${first}.damaged`))
})

test('goes on without a segment that cannot be read', async () => {
  const { disk, jobs } = await manySegments()
  const first = nameOfLog(disk)
  disk.fail = (operation, name) => (operation === 'read' && name === first ? ioError() : null)
  const { recovery } = open(disk)
  assert.ok(recovery.jobs < jobs.length)
  assert.ok(disk.list().includes(`${first}.damaged`))
})

test('takes no record out of a body, even when the head before it is gone', async () => {
  const disk = newDisk()
  const forged = Buffer.alloc(4096)
  for (let at = 0; at + 64 <= forged.byteLength; at += 4) forge(forged.subarray(at, at + 64))
  const { head } = jobOf(1, { bodyBytes: forged.byteLength })
  const store = open(disk)
  await store.jobs.commit({ jobs: [jobOf(2)], changes: [] })
  await store.jobs.commit({ jobs: [{ head, body: forged }], changes: [] })
  await store.jobs.commit({ jobs: [jobOf(3)], changes: [] })
  const name = nameOfLog(disk)
  disk.damage(name, (bytes) => flip(bytes, Buffer.from(bytes).indexOf(head.id)))
  const again = open(disk)
  assert.equal([[...(await jobsOf(again)).keys()], again.recovery.damaged], [[2, 3], 1])
})

/** As a customer could who knows the format, and not the salt. */
function forge(record: Buffer): void {
  record.writeUInt32LE(MAGIC, At.magic)
  record.writeUInt16LE(At.end, At.headBytes)
  record[At.kind] = Kind.Done
  record.set(idOf(2), At.id)
  record.writeUInt32LE(crc32(record.subarray(At.headBytes, At.end)), At.crc)
}

test('is not touched when its format is a newer one', () => {
  const disk = newDisk()
  const file = disk.create('FORMAT')
  file.write([Buffer.from('2.0\n')], 0)
  const before = disk.writtenBytes
  assert.throws(
    () => open(disk),
    (error: unknown) => error instanceof JournalFormatError,
  )
  assert.equal([disk.list(), disk.writtenBytes], [['FORMAT'], before])
})

test('is read when a newer minor version wrote it', async () => {
  const { disk } = await sample()
  disk.damage('FORMAT', (bytes) => bytes.set(Buffer.from('1.9')))
  await assertIntact(open(disk))
})

test('names its format again when that cannot be read', async () => {
  const { disk } = await sample()
  disk.damage('FORMAT', (bytes) => bytes.fill(0))
  await assertIntact(open(disk))
})

function flip(bytes: Uint8Array, at: number): void {
  bytes[at] = (bytes[at] ?? 0) ^ 0x10
}

function ioError(): Error {
  return Object.assign(new Error('input/output error'), { code: 'EIO' })
}

test.run()
