/**
 * Runs the sides of a protocol over shared memory in every order in which their steps can follow each other.
 *
 * The sides are ordinary synchronous code: the ring's own. A step is one call of `Atomics`, or all that is plain between two
 * of them. To take a step, a side is replayed up to its next call, which is then made on the memory of the state; so a side
 * can be stopped and gone on with anywhere, in any number of states. From every state each side goes on that can; a state
 * that was seen before is not followed again. A checkpoint lets a side's past be forgotten, so that its loops end in states
 * that were seen. `Atomics.wait` blocks its side while the word has the value.
 */
import { hash } from 'node:crypto'
import { CONTROL_BYTES } from '../../../src/ring/layout.js'
import { type AtomicCall, replay, type Side } from './replay.js'

/** What else may happen than the steps of the sides in some order. */
export interface Faults {
  /** Stores of this side to this control word become visible some time after the side's next call. */
  readonly lateStore?: { readonly side: number; readonly word: number }
  /** What this side stores in the data becomes visible some time after its next call. */
  readonly lateData?: { readonly side: number }
  /** This side may end before any of its steps: the word becomes 1. */
  readonly mortal?: { readonly side: number; readonly word: number }
}

/** @returns what is wrong with what the sides have told, or null; `isOver`: none can go on */
export type Check = (told: readonly (readonly string[])[], isOver: boolean) => string | null

export interface Exploration {
  readonly states: number
  /** What went wrong first, and the steps that led there. */
  readonly violation: { readonly problem: string; readonly schedule: readonly string[] } | null
}

interface SideState {
  readonly results: readonly number[]
  readonly data: readonly Uint8Array[]
  readonly next: AtomicCall | 'plain code' | null
  readonly told: readonly string[]
  readonly late: Late | null
  /** A number for all of its past that may matter; 0: it has none. */
  readonly history: number
}

/** A store that is under way. */
interface Late {
  readonly arrive: (memory: Memory) => Memory
  /** The side has made its next call, so the store arrives before what follows. */
  readonly isDue: boolean
}

interface Memory {
  readonly control: Int32Array
  readonly data: Uint8Array
}

interface State extends Memory {
  readonly sides: readonly SideState[]
  readonly reached: { readonly from: State; readonly by: string } | null
}

/** No side needs as many calls for what it does here. */
const MAX_CALLS = 1000

const START: SideState = { results: [], data: [], next: 'plain code', told: [], late: null, history: 0 }

export function explore(
  shared: SharedArrayBuffer,
  programs: readonly Side[],
  check: Check,
  faults: Faults = {},
): Exploration {
  const scratch = shared.slice(0)
  const histories = new Map<string, number>()
  const numberOf = (text: string) => {
    const known = histories.get(text) ?? histories.size + 1
    histories.set(text, known)
    return known
  }

  const runPlainCode = (state: State, index: number, program: Side, side: SideState): State => {
    const data = [...side.data, state.data]
    const { next, told, checkpoint } = replay(program, { results: side.results, data }, scratch)
    const after = sameOr(state.data, new Uint8Array(scratch, CONTROL_BYTES))
    const isLate = faults.lateData?.side === index && after !== state.data
    const late = isLate ? { arrive: (memory: Memory) => ({ ...memory, data: after }), isDue: false } : side.late
    const history = numberOf(`${checkpoint ?? side.history} saw ${digest(state.data)}`)
    const memory = { control: state.control, data: isLate ? state.data : after }
    const arrives = late !== null && (late.isDue || next === null || next.name === 'wait')
    return {
      ...(arrives ? late.arrive(memory) : memory),
      sides: state.sides.with(index, { ...side, data, next, told, history, late: arrives ? null : late }),
      reached: { from: state, by: `${index}: plain code` },
    }
  }

  const makeCall = (state: State, index: number, side: SideState, call: AtomicCall): State => {
    const { word } = call
    const isLate = call.name === 'store' && faults.lateStore?.side === index && faults.lateStore.word === word
    const value = call.args[0] ?? 0
    const arrive = (memory: Memory) => ({ ...memory, control: memory.control.with(word, value) })
    const { result, control } = isLate ? { result: value, control: state.control } : make(call, state.control)
    const late = isLate ? { arrive, isDue: false } : side.late && { ...side.late, isDue: true }
    const history = numberOf(`${side.history} ${call.name} ${word} ${call.args} = ${result}`)
    const results = [...side.results, result]
    if (results.length > MAX_CALLS) throw new Error(`side ${index} never stops`)
    return {
      control,
      data: state.data,
      sides: state.sides.with(index, { ...side, results, next: 'plain code', history, late }),
      reached: { from: state, by: `${index}: ${call.name} ${word} ${call.args} = ${result}` },
    }
  }

  const after = (state: State): State[] =>
    state.sides.flatMap((side, index) => {
      const program = programs[index]
      if (program === undefined || side.next === null) return []
      const deaths = faults.mortal?.side === index ? [die(state, index, side, faults.mortal.word)] : []
      if (side.next === 'plain code') return [runPlainCode(state, index, program, side), ...deaths]
      return isBlocked(side.next, state.control) ? deaths : [makeCall(state, index, side, side.next), ...deaths]
    })

  const seen = new Set<string>()
  let ends = 0
  const open: State[] = [
    {
      control: new Int32Array(shared.slice(0, CONTROL_BYTES)),
      data: new Uint8Array(shared.slice(CONTROL_BYTES)),
      sides: programs.map(() => START),
      reached: null,
    },
  ]
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const sides = state.sides.map(({ history, next, told }) => `${history} ${next === null} ${told}`)
    const key = `${sides.join()} ${state.control} ${digest(state.data)}`
    if (seen.has(key)) continue
    seen.add(key)
    const following = after(state)
    const problem = check(
      state.sides.map(({ told }) => told),
      following.length === 0,
    )
    if (problem !== null) return { states: seen.size, violation: { problem, schedule: scheduleOf(state) } }
    if (following.length === 0) ends += 1
    open.push(...following)
  }
  return { states: seen.size, violation: ends === 0 ? { problem: 'it never comes to an end', schedule: [] } : null }
}

function die(state: State, index: number, side: SideState, word: number): State {
  return {
    control: state.control.with(word, 1),
    data: state.data,
    sides: state.sides.with(index, { ...START, told: side.told, next: null }),
    reached: { from: state, by: `${index}: dies` },
  }
}

function isBlocked({ name, word, args }: AtomicCall, control: Int32Array): boolean {
  return name === 'wait' && control[word] === args[0]
}

function make({ name, word, args }: AtomicCall, control: Int32Array): { result: number; control: Int32Array } {
  const result = control[word] ?? 0
  const [first = 0, second = 0] = args
  switch (name) {
    case 'load':
    case 'wait':
      return { result, control }
    case 'store':
      return { result: first, control: control.with(word, first) }
    case 'add':
      return { result, control: control.with(word, result + first) }
    case 'exchange':
      return { result, control: control.with(word, first) }
    case 'compareExchange':
      return { result, control: result === (first | 0) ? control.with(word, second) : control }
  }
}

const digests = new WeakMap<Uint8Array, string>()

function digest(data: Uint8Array): string {
  const known = digests.get(data) ?? hash('sha1', data, 'base64')
  digests.set(data, known)
  return known
}

function sameOr(former: Uint8Array, bytes: Uint8Array): Uint8Array {
  return Buffer.compare(former, bytes) === 0 ? former : bytes.slice()
}

function scheduleOf(state: State): string[] {
  const steps: string[] = []
  for (let at = state; at.reached !== null; at = at.reached.from) steps.unshift(at.reached.by)
  return steps
}
