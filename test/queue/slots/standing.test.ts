import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  contest,
  type Evidence,
  FOREIGN_CLAIM_LASTS_MS,
  isAlive,
  RIVAL_PATIENCE_MS,
  type Rival,
  type Verdict,
} from '../../../src/queue/slots/standing.js'

const standing = suite('the standing of a claim')

const evidence: readonly { what: string; evidence: Evidence; alive: boolean }[] = [
  { what: 'a socket that is listened on', evidence: { kernel: 'same', answer: 'listening' }, alive: true },
  { what: 'a socket that refuses', evidence: { kernel: 'same', answer: 'refused' }, alive: false },
  { what: 'a socket that has gone', evidence: { kernel: 'same', answer: 'missing' }, alive: false },
  { what: 'a socket that may not be asked', evidence: { kernel: 'same', answer: 'unclear' }, alive: true },
  { what: "another kernel's, first seen now", evidence: { kernel: 'other', unchangedForMs: 0 }, alive: true },
  {
    what: "another kernel's, unchanged for nearly long enough",
    evidence: { kernel: 'other', unchangedForMs: FOREIGN_CLAIM_LASTS_MS - 1 },
    alive: true,
  },
  {
    what: "another kernel's, unchanged for long enough",
    evidence: { kernel: 'other', unchangedForMs: FOREIGN_CLAIM_LASTS_MS },
    alive: false,
  },
]

for (const { what, evidence: given, alive } of evidence) {
  standing(`is ${alive ? 'alive' : 'dead'} with ${what}`, () => {
    assert.is(isAlive(given), alive)
  })
}

const contests: readonly {
  what: string
  rivals: readonly Rival[]
  isUp?: boolean
  waitedMs?: number
  verdict: Verdict
}[] = [
  { what: 'no rival', rivals: [], verdict: 'own' },
  { what: 'only dead rivals', rivals: [{ token: 'a', alive: false, owns: true }], verdict: 'own' },
  { what: 'no claim of its own any more', rivals: [], isUp: false, verdict: 'withdraw' },
  { what: 'an owner', rivals: [{ token: 'z', alive: true, owns: true }], verdict: 'withdraw' },
  { what: 'a lower rival', rivals: [{ token: 'a', alive: true, owns: false }], verdict: 'withdraw' },
  { what: 'a higher rival', rivals: [{ token: 'z', alive: true, owns: false }], verdict: 'wait' },
  {
    what: 'a higher and a lower rival',
    rivals: [
      { token: 'z', alive: true, owns: false },
      { token: 'a', alive: true, owns: false },
    ],
    verdict: 'withdraw',
  },
  {
    what: 'a higher rival that does not go',
    rivals: [{ token: 'z', alive: true, owns: false }],
    waitedMs: RIVAL_PATIENCE_MS,
    verdict: 'withdraw',
  },
]

for (const { what, rivals, isUp = true, waitedMs = 0, verdict } of contests) {
  standing(`with ${what} means: ${verdict}`, () => {
    assert.is(contest('m', isUp, rivals, waitedMs), verdict)
  })
}

/**
 * Claimants that go through a claim step by step, in any order. What is listed and what is asked are steps of their own, as they are on
 * disk. A claimant that dies leaves its claim, and its socket refuses from then on.
 */
class Model {
  readonly claims = new Map<string, { alive: boolean; owns: boolean }>()
  readonly owners = new Set<string>()
  mostOwners = 0
  readonly #claimants: { token: string; steps: Iterator<void> }[]

  constructor(tokens: readonly string[]) {
    this.#claimants = tokens.map((token) => ({ token, steps: this.#claim(token) }))
  }

  step(index: number): void {
    this.#claimants[index % this.#claimants.length]?.steps.next()
    this.mostOwners = Math.max(this.mostOwners, this.owners.size)
  }

  die(index: number): void {
    const claimant = this.#claimants[index % this.#claimants.length]
    if (claimant === undefined) return
    claimant.steps.return?.()
    this.owners.delete(claimant.token)
    const claim = this.claims.get(claimant.token)
    if (claim !== undefined) claim.alive = false
  }

  runToEnd(): void {
    for (let round = 0; round < 1_000; round++)
      for (let index = 0; index < this.#claimants.length; index++) this.step(index)
  }

  *#claim(token: string): Generator<void> {
    const found = yield* this.#lookAtOthers(token)
    if (found.some(({ alive }) => alive)) return
    this.claims.set(token, { alive: true, owns: false })
    let verdict: Verdict = 'wait'
    while (verdict === 'wait') {
      yield
      verdict = contest(token, this.claims.has(token), yield* this.#lookAtOthers(token), 0)
    }
    yield
    if (verdict === 'withdraw') this.claims.delete(token)
    else yield* this.#own(token)
  }

  *#own(token: string): Generator<void> {
    this.owners.add(token)
    yield
    this.claims.set(token, { alive: true, owns: true })
    for (const [other, { alive }] of this.claims) if (!alive) this.claims.delete(other)
  }

  *#lookAtOthers(token: string): Generator<void, Rival[]> {
    const listed = [...this.claims].filter(([other]) => other !== token).map(([other, { owns }]) => ({ other, owns }))
    const rivals: Rival[] = []
    for (const { other, owns } of listed) {
      yield
      rivals.push({ token: other, owns, alive: this.claims.get(other)?.alive ?? false })
    }
    return rivals
  }
}

const tokens = fc.uniqueArray(fc.stringMatching(/^[0-9a-f]{2}$/), { minLength: 2, maxLength: 5 })
const step = fc.record({ index: fc.nat(4), dies: fc.integer({ min: 0, max: 30 }).map((chance) => chance === 0) })

standing('is never that of two owners, whatever the order of steps and deaths', () => {
  fc.assert(
    fc.property(tokens, fc.array(step, { maxLength: 120 }), (of, steps) => {
      const model = new Model(of)
      for (const { index, dies } of steps) {
        if (dies) model.die(index)
        else model.step(index)
      }
      model.runToEnd()
      assert.ok(model.mostOwners <= 1)
    }),
    { numRuns: 2_000 },
  )
})

standing('is that of exactly one owner when nobody dies', () => {
  fc.assert(
    fc.property(tokens, fc.array(fc.nat(4), { maxLength: 120 }), (of, steps) => {
      const model = new Model(of)
      for (const index of steps) model.step(index)
      model.runToEnd()
      assert.is(model.owners.size, 1)
    }),
    { numRuns: 2_000 },
  )
})

standing.run()
