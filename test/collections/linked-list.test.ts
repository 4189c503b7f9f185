import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Linked, LinkedList } from '../../src/collections/linked-list.js'

const test = suite('linked list')

class Item implements Linked<Item> {
  previous: Item | null = null
  next: Item | null = null
}

function itemsOf(list: LinkedList<Item>): Item[] {
  const items: Item[] = []
  for (let item = list.first; item !== null; item = item.next) items.push(item)
  return items
}

test('has what an array has, whatever comes and goes from anywhere', () => {
  const anyStep = fc.oneof(fc.constant('push' as const), fc.nat(20))
  fc.assert(
    fc.property(fc.array(anyStep), (steps) => {
      const list = new LinkedList<Item>()
      const model: Item[] = []
      for (const step of steps) {
        if (step === 'push') {
          const item = new Item()
          list.push(item)
          model.push(item)
        } else {
          const [removed] = model.splice(step, 1)
          if (removed !== undefined) list.remove(removed)
        }
        const items = itemsOf(list)
        assert.ok(items.length === model.length && items.every((item, index) => item === model[index]))
      }
    }),
  )
})

test('an item that has gone holds no other, and may come again', () => {
  const list = new LinkedList<Item>()
  const [first, second, third] = [new Item(), new Item(), new Item()]
  for (const item of [first, second, third]) list.push(item)
  list.remove(second)
  const links = [second.previous, second.next]
  list.push(second)
  assert.equal([links, itemsOf(list).indexOf(second)], [[null, null], 2])
})

test.run()
