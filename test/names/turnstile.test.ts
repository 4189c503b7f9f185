import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Turnstile } from '../../src/names/turnstile.js'
import { type AskedQuestion, fakeSource, found } from './support.js'

const turnstile = suite('a turnstile')

const innocent = () => false

turnstile('lets the others wait in turn', () => {
  const { source, asked } = fakeSource()
  const gate = new Turnstile(source, { atOnce: 2, suspectsAtOnce: 1 }, innocent)
  for (const name of ['a', 'b', 'c', 'd']) gate.ask(name, () => undefined)
  asked[1]?.answer(found())
  asked[0]?.answer(found())
  assert.equal(
    asked.map(({ name }) => name),
    ['a', 'b', 'c', 'd'],
  )
})

turnstile('forgets who gives up while waiting, and answers him', () => {
  const { source, asked } = fakeSource()
  const gate = new Turnstile(source, { atOnce: 1, suspectsAtOnce: 1 }, innocent)
  const kinds: string[] = []
  gate.ask('a', () => undefined)
  gate.ask('b', (answer) => kinds.push(answer.kind))()
  asked[0]?.answer(found())
  assert.equal([asked.length, kinds], [1, ['failed']])
})

turnstile('keeps places free of names whose last question failed', () => {
  const { source, asked } = fakeSource()
  const gate = new Turnstile(source, { atOnce: 3, suspectsAtOnce: 1 }, (name) => name.startsWith('dead'))
  for (const name of ['dead1', 'dead2', 'dead3', 'a', 'b']) gate.ask(name, () => undefined)
  assert.equal(
    asked.map(({ name }) => name),
    ['dead1', 'a', 'b'],
  )
})

class Asker {
  answers = 0
  readonly giveUp: () => void

  constructor(
    gate: Turnstile,
    readonly name: string,
  ) {
    this.giveUp = gate.ask(name, () => {
      this.answers += 1
    })
  }
}

function answerAll(open: () => AskedQuestion[]): void {
  while (open().length > 0) for (const question of open()) question.answer(found())
}

function isWaiting({ answers }: Asker): boolean {
  return answers === 0
}

function byKind(all: readonly { readonly name: string }[]): { suspects: number; others: number } {
  const suspects = all.filter(({ name }) => name.startsWith('s')).length
  return { suspects, others: all.length - suspects }
}

const LIMITS = { atOnce: 4, suspectsAtOnce: 2 }

type Counts = ReturnType<typeof byKind>

/** @param waiting all without an answer, those that were asked included */
function checkPlaces(waiting: Counts, asked: Counts): void {
  assert.ok(asked.suspects + asked.others <= LIMITS.atOnce && asked.suspects <= LIMITS.suspectsAtOnce)
  assert.is(asked.others, Math.min(waiting.others, LIMITS.atOnce - asked.suspects))
  assert.ok(asked.suspects >= Math.min(waiting.suspects, LIMITS.suspectsAtOnce, LIMITS.atOnce - asked.others))
}

const step = fc.oneof(
  fc.record({ kind: fc.constant('ask' as const), isSuspect: fc.boolean() }),
  fc.record({ kind: fc.constant('give up' as const), which: fc.nat(30) }),
  fc.record({ kind: fc.constant('answer' as const), which: fc.nat(4) }),
)

turnstile('keeps to its limits, leaves no place empty that somebody waits for, and answers all once', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const { source, open } = fakeSource()
      const gate = new Turnstile(source, LIMITS, (name) => name.startsWith('s'))
      const askers: Asker[] = []
      for (const one of steps) {
        if (one.kind === 'ask') askers.push(new Asker(gate, `${one.isSuspect ? 's' : 'n'}${askers.length}`))
        else if (one.kind === 'give up') askers[one.which]?.giveUp()
        else open()[one.which]?.answer(found())
        checkPlaces(byKind(askers.filter(isWaiting)), byKind(open()))
      }
      answerAll(open)
      assert.ok(askers.every(({ answers }) => answers === 1))
    }),
  )
})

turnstile.run()
