import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DiskFile } from '../../../src/queue/journal/disk.js'
import { ReadAhead } from '../../../src/queue/journal/read-ahead.js'
import { saltOf } from '../../../src/queue/journal/salt.js'
import { Segment } from '../../../src/queue/journal/segment.js'

const test = suite('reading ahead in segments')

const BYTES = 1024 * 1024
const STEP = 64

/** A file whose every step holds its own place, and how it was read. */
class PlacesFile implements DiskFile {
  readonly content = Buffer.alloc(BYTES)
  readonly reads: { readonly position: number; readonly bytes: number }[] = []
  /** Where the medium is damaged. */
  damagedAt = Number.POSITIVE_INFINITY

  constructor() {
    for (let at = 0; at < BYTES; at += STEP) this.content.writeUInt32LE(at, at)
  }

  size(): number {
    return BYTES
  }

  read(into: Uint8Array, position: number): number {
    this.reads.push({ position, bytes: into.byteLength })
    if (position <= this.damagedAt && this.damagedAt < position + into.byteLength) throw new Error('EIO')
    into.set(this.content.subarray(position, position + into.byteLength))
    return Math.min(into.byteLength, BYTES - position)
  }

  write(): void {
    throw new Error('nothing is written')
  }

  sync(): void {
    throw new Error('nothing is written')
  }

  close(): void {
    // There is nothing to close.
  }
}

function segmentOf(file: DiskFile, end = BYTES): Segment {
  const segment = new Segment(0, 'journal-00000001.log', file, BYTES, saltOf(new Uint8Array(8)))
  segment.end = end
  return segment
}

function placeAt(ahead: ReadAhead, segment: Segment, at: number, bytes = STEP): number {
  return ahead.read(segment, at, bytes).readUInt32LE(0)
}

test('reads what lies close together with few calls', () => {
  const file = new PlacesFile()
  const [ahead, segment] = [new ReadAhead(), segmentOf(file)]
  for (let at = 0; at < BYTES; at += 7 * STEP) assert.is(placeAt(ahead, segment, at), at)
  assert.ok(file.reads.length < 25, `${file.reads.length} reads`)
})

test('reads little where nothing lies close', () => {
  const file = new PlacesFile()
  const [ahead, segment] = [new ReadAhead(), segmentOf(file)]
  for (let round = 1; round < 8; round++) {
    const at = round % 2 === 0 ? round * STEP : BYTES - 1024 * round
    assert.is(placeAt(ahead, segment, at), at)
  }
  assert.equal([...new Set(file.reads.map(({ bytes }) => bytes))], [1024])
})

test('reads once what several readers come to, one after the other', () => {
  const file = new PlacesFile()
  const [ahead, segment] = [new ReadAhead(), segmentOf(file)]
  for (let part = 0; part < BYTES; part += BYTES / 4) {
    for (let reader = 0; reader < 10; reader++) {
      for (let at = part + reader * STEP; at < part + BYTES / 4; at += 10 * STEP) {
        assert.is(placeAt(ahead, segment, at), at)
      }
    }
  }
  const read = file.reads.reduce((sum, { bytes }) => sum + bytes, 0)
  assert.ok(read < 1.5 * BYTES, `${read} bytes were read`)
})

test('sees what is written behind the end that it knew', () => {
  const file = new PlacesFile()
  const [ahead, segment] = [new ReadAhead(), segmentOf(file, 3 * STEP)]
  placeAt(ahead, segment, 0)
  const atTheEnd = ahead.read(segment, 2 * STEP, 2 * STEP).byteLength
  file.content.writeUInt32LE(7, 3 * STEP)
  segment.end = 4 * STEP
  assert.equal([atTheEnd, placeAt(ahead, segment, 3 * STEP)], [STEP, 7])
})

test('sees that a segment is used again, and does not take one for another', () => {
  const file = new PlacesFile()
  const [ahead, segment, other] = [new ReadAhead(), segmentOf(file), segmentOf(new PlacesFile())]
  placeAt(ahead, segment, STEP)
  file.content.writeUInt32LE(7, STEP)
  const [before, ofOther] = [placeAt(ahead, segment, STEP), placeAt(ahead, other, STEP)]
  segment.begin(5, segment.salt)
  segment.end = BYTES
  assert.equal([before, ofOther, placeAt(ahead, segment, STEP)], [STEP, STEP, 7])
})

test('reads a part though what lies behind it is damaged', () => {
  const file = new PlacesFile()
  const [ahead, segment] = [new ReadAhead(), segmentOf(file)]
  file.damagedAt = 5 * STEP
  assert.is(placeAt(ahead, segment, 4 * STEP), 4 * STEP)
  assert.throws(() => placeAt(ahead, segment, 5 * STEP), /EIO/)
  assert.is(placeAt(ahead, segment, 6 * STEP), 6 * STEP)
})

test.run()
