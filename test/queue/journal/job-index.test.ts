import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SeededRandom } from '../../../scripts/journal-crashes/random.js'
import { IdTable } from '../../../src/queue/journal/id-table.js'
import { type Entry, Flag, JobColumns, NO_ENTRY } from '../../../src/queue/journal/job-columns.js'
import { ParkedOrder } from '../../../src/queue/journal/parked-order.js'

const test = suite('the index of a journal')

const idOf = (number: number): Uint8Array => {
  const id = new Uint8Array(24)
  new DataView(id.buffer).setUint32(0, number)
  return id
}

test('takes at most 64 bytes for each stored job', () => {
  for (const count of [50_000, 180_000, 300_000]) {
    const columns = new JobColumns()
    const table = new IdTable(columns)
    const order = new ParkedOrder(columns)
    for (let number = 1; number <= count; number++) {
      const entry = columns.allocate()
      columns.setSeq(entry, number)
      table.add(idOf(number), entry)
      order.add(entry)
    }
    const bytes = (columns.bytes + table.bytes + order.bytes) / count
    assert.ok(bytes <= 64, `${bytes.toFixed(1)} bytes for each of ${count}`)
    assert.is(table.size + order.parked, 2 * count)
  }
})

test('finds what a map finds, whatever is added and removed', () => {
  const random = new SeededRandom(3)
  const columns = new JobColumns()
  const table = new IdTable(columns)
  const model = new Map<number, Entry>()
  for (let step = 0; step < 60_000; step++) {
    const number = random.below(3000)
    const known = model.get(number)
    assert.is(table.find(idOf(number)), known ?? NO_ENTRY)
    if (known === undefined) {
      const entry = columns.allocate()
      table.add(idOf(number), entry)
      model.set(number, entry)
    } else if (random.chance(0.6)) {
      table.remove(known)
      columns.free(known)
      model.delete(number)
    }
  }
  assert.equal(new Set(table.entries()), new Set(model.values()))
})

test('gives the lowest seq first, whatever is claimed, released and forgotten', () => {
  const random = new SeededRandom(5)
  const columns = new JobColumns()
  const order = new ParkedOrder(columns)
  const parked = new Set<Entry>()
  const held = new Set<Entry>()
  const move = (entry: Entry, from: Set<Entry>, to: Set<Entry>): void => {
    from.delete(entry)
    to.add(entry)
  }
  const actions = {
    add: () => {
      const entry = columns.allocate()
      columns.setSeq(entry, random.below(1_000_000))
      parked.add(entry)
      order.add(entry)
    },
    release: ([entry] = held) => {
      if (entry === undefined) return
      columns.clear(entry, Flag.Held)
      move(entry, held, parked)
      order.add(entry)
    },
    claim: ([entry] = parked) => {
      if (entry === undefined) return
      columns.set(entry, Flag.Held)
      move(entry, parked, held)
      order.drop()
    },
    finish: ([entry] = held) => {
      if (entry === undefined) return
      held.delete(entry)
      if (columns.has(entry, Flag.Queued)) columns.set(entry, Flag.Gone)
      else columns.free(entry)
    },
    take: () => {
      if (parked.size === 0) return
      const lowest = Math.min(...[...parked].map((entry) => columns.seq(entry)))
      const entry = order.take()
      assert.is(columns.seq(entry), lowest)
      columns.set(entry, Flag.Held)
      move(entry, parked, held)
    },
  }
  const { add, release, claim, finish, take } = actions
  const frequent = [add, add, add, add, release, claim, claim, finish, take, take]
  for (let step = 0; step < 20_000; step++) {
    frequent[random.below(frequent.length)]?.()
    assert.is(order.parked, parked.size)
  }
})

test.run()
