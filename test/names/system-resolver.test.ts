import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Answer } from '../../src/names/answer.js'
import { createSlot, SharedSlot } from '../../src/names/shared-slot.js'
import { type SystemLookup, systemResolver } from '../../src/names/system-resolver.js'

const system = suite("the system's resolver")

type Callback = Parameters<SystemLookup>[2]

/** A thread's resolver over the memory, and the look-ups that it has begun. */
function thread(memory: SharedArrayBuffer, nowMs = () => 0) {
  const begun: { name: string; end: Callback }[] = []
  let onBegin = (): void => undefined
  const ask: SystemLookup = (name, _options, end) => {
    begun.push({ name, end })
    onBegin()
  }
  const source = systemResolver(new SharedSlot(memory), nowMs, ask)
  const untilBegun = (count: number): Promise<void> =>
    new Promise((resolve) => {
      onBegin = () => {
        if (begun.length >= count) resolve()
      }
      onBegin()
    })
  return { source, begun, untilBegun }
}

system('is asked by one thread at a time, the next one follows', async () => {
  const memory = createSlot()
  const [one, other] = [thread(memory), thread(memory)]
  one.source('a.test', () => undefined)
  other.source('b.test', () => undefined)
  const before = other.begun.length
  one.begun[0]?.end(null, [{ address: '192.0.2.1', family: 4 }])
  await other.untilBegun(1)
  other.begun[0]?.end(null, [{ address: '192.0.2.1', family: 4 }])
  assert.equal([before, other.begun[0]?.name], [0, 'b.test'])
})

system('is not asked for what was given up while it waited', () => {
  const memory = createSlot()
  const [one, other] = [thread(memory), thread(memory)]
  const answers: Answer[] = []
  one.source('a.test', () => undefined)
  other.source('b.test', (answer) => answers.push(answer))()
  one.begun[0]?.end(null, [])
  assert.equal([other.begun.length, answers.map(({ kind }) => kind)], [0, ['failed']])
})

system('keeps its place until it is done, though the question was given up', () => {
  const memory = createSlot()
  const one = thread(memory)
  const answers: Answer[] = []
  one.source('a.test', (answer) => answers.push(answer))()
  const taken = !new SharedSlot(memory).take()
  const early = answers.length
  one.begun[0]?.end(null, [{ address: '192.0.2.1', family: 4 }])
  assert.equal([taken, early, answers.length, new SharedSlot(memory).take()], [true, 0, 1, true])
})

system('is spared names that kept it long, ten times as long', () => {
  let nowMs = 0
  const one = thread(createSlot(), () => nowMs)
  const answers: Answer[] = []
  one.source('a.test', (answer) => answers.push(answer))
  nowMs = 20_000
  one.begun[0]?.end(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }), [])
  assert.equal(answers, [{ kind: 'absent', code: 'ENOTFOUND', ttlMs: 200_000 }])
})

system.run()
