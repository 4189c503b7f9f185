import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Answer } from '../../src/names/answer.js'
import { SingleFlight } from '../../src/names/single-flight.js'
import { fakeSource, found } from './support.js'

const flight = suite('one question for a name')

flight('serves all who want to know, each once', () => {
  const { source, asked } = fakeSource()
  const flights = new SingleFlight(source, () => undefined)
  const told: [number, Answer][] = []
  for (const who of [1, 2, 3]) flights.join('a.test', (answer) => told.push([who, answer]))
  asked[0]?.answer(found())
  assert.equal([asked.length, told], [1, [1, 2, 3].map((who) => [who, found()])])
})

flight('is given up with the last who wants to know, not before', () => {
  const { source, asked } = fakeSource()
  const flights = new SingleFlight(source, () => undefined)
  const cancels = [1, 2].map(() => flights.join('a.test', () => undefined))
  const states = cancels.map((cancel) => {
    cancel()
    return asked[0]?.isCancelled
  })
  assert.equal(states, [false, true])
})

flight('that was given up is asked again', () => {
  const { source, asked } = fakeSource()
  const flights = new SingleFlight(source, () => undefined)
  flights.join('a.test', () => undefined)()
  flights.join('a.test', () => undefined)
  assert.is(asked.length, 2)
})

flight('is remembered before anybody is told', () => {
  const { source, asked } = fakeSource()
  const order: string[] = []
  const flights = new SingleFlight(source, (name) => order.push(`remember ${name}`))
  flights.join('a.test', () => order.push('tell'))
  asked[0]?.answer(found())
  assert.equal(order, ['remember a.test', 'tell'])
})

class Waiter {
  told = 0
  hasLeft = false
  readonly #cancel: () => void

  constructor(flights: SingleFlight, name: string) {
    this.#cancel = flights.join(name, () => {
      this.told += 1
    })
  }

  leave(): void {
    this.#cancel()
    this.hasLeft ||= this.told === 0
  }
}

const step = fc.oneof(
  fc.record({ kind: fc.constant('join' as const), name: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ kind: fc.constant('leave' as const), which: fc.nat(20) }),
  fc.record({ kind: fc.constant('answer' as const), which: fc.nat(2) }),
)

flight('is under way once for each name, and all but those who left are told once', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { source, open } = fakeSource()
      const flights = new SingleFlight(source, () => undefined)
      const waiters: Waiter[] = []
      for (const one of steps) {
        if (one.kind === 'join') waiters.push(new Waiter(flights, one.name))
        else if (one.kind === 'leave') waiters[one.which]?.leave()
        else open()[one.which]?.answer(found())
        const names = open().map(({ name }) => name)
        assert.is(new Set(names).size, names.length)
      }
      for (const question of open()) question.answer(found())
      for (const { told, hasLeft } of waiters) assert.is(told, hasLeft ? 0 : 1)
    }),
  )
})

flight.run()
