import { CONTROL_BYTES } from '../../../src/ring/layout.js'

/** A program over a ring's memory. Synchronous and deterministic. */
export type Side = (shared: SharedArrayBuffer, observer: Observer) => void

export interface Observer {
  /** Appends to what the side has observed. */
  readonly tell: (observation: string) => void
  /** Declares that what the side does from here on depends on nothing of its past but `state`. */
  readonly checkpoint: (state: string) => void
}

const INTERCEPTED = ['load', 'store', 'exchange', 'compareExchange', 'add', 'wait'] as const

/** A call of `Atomics` on the control words. */
export interface AtomicCall {
  readonly name: (typeof INTERCEPTED)[number]
  readonly word: number
  readonly args: readonly number[]
}

/** All that a side has learnt so far: what it does next is a function of this. */
export interface Past {
  /** What its calls returned. */
  readonly results: readonly number[]
  /** The data at its start and after each call: one more than `results`. */
  readonly data: readonly Uint8Array[]
}

const real = Object.fromEntries(INTERCEPTED.map((name) => [name, Atomics[name]]))
const STOP = new Error('stopped before its next step')

export interface Replayed {
  /** Its next call; null: it has ended. */
  readonly next: AtomicCall | null
  readonly told: readonly string[]
  /** The checkpoint that it has passed since its last call, if any. */
  readonly checkpoint: string | null
}

/**
 * Runs a side from its beginning through its past and on to its next call of `Atomics`, which is not made.
 * @param scratch memory to run it on; afterwards it has the data as the side leaves it
 */
export function replay(side: Side, { results, data }: Past, scratch: SharedArrayBuffer): Replayed {
  const bytes = new Uint8Array(scratch, CONTROL_BYTES)
  const told: string[] = []
  let next: AtomicCall | null = null
  let checkpoint: string | null = null
  let made = 0
  let shown: Uint8Array | undefined
  const show = (moment: number) => {
    if (data[moment] === shown) return
    shown = data[moment]
    bytes.set(shown ?? [])
  }
  const call =
    (name: AtomicCall['name']) =>
    (_: Int32Array, word: number, ...args: number[]) => {
      const result = results[made]
      if (result === undefined) {
        next = { name, word, args }
        throw STOP
      }
      made += 1
      checkpoint = null
      show(made)
      return result
    }
  show(0)
  Object.assign(Atomics, Object.fromEntries(INTERCEPTED.map((name) => [name, call(name)])))
  try {
    side(scratch, {
      tell: (observation) => told.push(observation),
      checkpoint: (state) => {
        checkpoint = state
      },
    })
  } catch (error) {
    if (error !== STOP) throw error
  } finally {
    Object.assign(Atomics, real)
  }
  return { next, told, checkpoint }
}
