import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Expiring, ExpiryList } from '../../src/transport/expiry-list.js'

const test = suite('expiry list')

const GIVEN_MS = 10

const anyCommand = fc.oneof(
  fc.record({ kind: fc.constant('add' as const) }),
  fc.record({ kind: fc.constant('remove' as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(6) }),
)

function item(): Expiring {
  return { previous: null, next: null, expiresAtMs: Number.POSITIVE_INFINITY, expire: () => undefined }
}

function takeAllDue(list: ExpiryList, nowMs: number): Expiring[] {
  const due: Expiring[] = []
  for (let next = list.takeDue(nowMs); next !== null; next = list.takeDue(nowMs)) due.push(next)
  return due
}

test('gives each one up at its time, in order, unless it was removed', () => {
  fc.assert(
    fc.property(fc.array(anyCommand), (commands) => {
      const list = new ExpiryList()
      const all: Expiring[] = []
      let model: { readonly item: Expiring; readonly atMs: number }[] = []
      let nowMs = 0
      for (const command of commands) {
        if (command.kind === 'add') {
          const added = item()
          all.push(added)
          list.add(added, nowMs + GIVEN_MS)
          model.push({ item: added, atMs: nowMs + GIVEN_MS })
        } else if (command.kind === 'remove') {
          const removed = all[command.pick % all.length]
          if (removed === undefined) continue
          list.remove(removed)
          model = model.filter((one) => one.item !== removed)
        } else {
          nowMs += command.ms
          const due = model.filter(({ atMs }) => atMs <= nowMs).map((one) => one.item)
          const taken = takeAllDue(list, nowMs)
          assert.ok(taken.length === due.length && taken.every((one, index) => one === due[index]))
          model = model.filter(({ atMs }) => atMs > nowMs)
        }
        assert.is(list.nextAtMs, model[0]?.atMs ?? Number.POSITIVE_INFINITY)
      }
    }),
  )
})

test('one that has gone holds none of the others', () => {
  const list = new ExpiryList()
  const items = [item(), item(), item()]
  for (const one of items) list.add(one, 1)
  list.remove(items[1] ?? item())
  takeAllDue(list, 1)
  assert.equal(
    items.map(({ previous, next }) => [previous, next]),
    items.map(() => [null, null]),
  )
})

test.run()
