/**
 * Operations on batches whose writer dies. What survives is a copy of the arena with some of the stores; recovery must find
 * the batches in it as they were before the operation or as they are after it, never anything between.
 */
import { ArenaMemory, type SlabId } from '../../../src/arena/arena-memory.js'
import type { Batches } from '../../../src/arena/batches.js'
import { SLAB_HEADER_BYTES } from '../../../src/arena/layout.js'
import { recover } from '../../../src/arena/recovery.js'
import { append, batchesIn, dirtyArena, eventsOf, TINY } from './arenas.js'
import { RecordedMemory, type Store } from './recorded-memory.js'
import { slabBytesInUse } from './slab-bytes.js'

type State = 'open' | 'sealed' | 'dead'

/** What must not be lost of a batch. */
interface Batch {
  readonly id: string
  readonly state: State
  readonly events: readonly unknown[]
  /** What the header says of them. */
  readonly count: number
  readonly lastSequence: number
  /** What a dead letter says; null: it is none. */
  readonly error: string | null
}

export type OperationName =
  | 'open'
  | 'open large'
  | 'append'
  | 'grow'
  | 'seal'
  | 'start attempt'
  | 'put back'
  | 'bury'
  | 'revive'
  | 'halve'
  | 'separate'
  | 'release'

export interface Operation {
  readonly name: OperationName
  /** Which of the batches that it can be done to. */
  readonly pick: number
}

interface Tracked extends Batch {
  readonly slab: SlabId
  readonly isInFlight: boolean
}

const NOW = 1_700_000_000_000
/** Long enough that a small slab has not the room for it. */
const ERROR = 'the error '.repeat(30)

/** What was expected at which store. */
interface Moment {
  readonly stores: number
  readonly batches: readonly Batch[]
}

export class Scenario {
  private readonly start = dirtyArena()
  private readonly memory = new RecordedMemory(this.start.slice(0), TINY)
  private readonly batches: Batches
  private tracked: readonly Tracked[] = []
  private sequence = 0
  private buriedAt = NOW
  private readonly moments: Moment[] = []

  constructor() {
    this.batches = this.memory.record(() => batchesIn(this.memory))
    this.keepMoment()
  }

  get stores(): readonly Store[] {
    return this.memory.stores
  }

  /** How many stores were made when the last operation began. */
  get lastBegan(): number {
    return this.moments.at(-2)?.stores ?? 0
  }

  /** Does what can be done; an operation that no batch is in the state for does nothing. */
  perform({ name, pick }: Operation): void {
    const able = this.tracked.filter((batch) => APPLIES[name](batch))
    const batch = able[pick % Math.max(able.length, 1)]
    this.memory.record(() => {
      if (name === 'open' || name === 'open large') this.open(name === 'open' ? 100 : 2000)
      else if (batch !== undefined) this.change(name, batch)
    })
    this.keepMoment()
  }

  /** The arena after these of the stores. */
  survivor(stores: readonly Store[]): ArenaMemory {
    const shared = this.start.slice(0)
    const bytes = new Uint8Array(shared)
    for (const { at, bytes: stored } of stores) bytes.set(stored, at)
    return new ArenaMemory(shared, TINY)
  }

  /** What recovery may find when the writer died after `count` stores: within an operation, what was before it or after. */
  allowed(count: number): readonly (readonly Batch[])[] {
    const between = this.moments.find(({ stores }) => stores >= count)
    const before = between?.stores === count ? undefined : this.moments.findLast(({ stores }) => stores < count)
    return [before, between].flatMap((moment) => (moment === undefined ? [] : [moment.batches]))
  }

  private open(bytes: number): void {
    const slab = this.batches.open(1, 1, bytes, this.sequence, NOW)
    if (slab === null) return
    const id = this.batches.slabs.deliveryId(slab)
    this.tracked = [
      ...this.tracked,
      {
        slab,
        id,
        state: 'open',
        events: [],
        count: 0,
        lastSequence: this.sequence - 1,
        error: null,
        isInFlight: false,
      },
    ]
  }

  private change(name: Exclude<OperationName, 'open' | 'open large'>, batch: Tracked): void {
    const { batches, memory } = this
    const { slab } = batch
    const changes: Record<typeof name, () => Partial<Tracked> | readonly Tracked[] | null> = {
      append: () => {
        const event = { number: this.sequence, text: 'é'.repeat(this.sequence % 40) }
        const json = JSON.stringify(event)
        if (batches.room(slab) <= Buffer.byteLength(json)) return {}
        append(batches, slab, json, this.sequence)
        return { events: [...batch.events, event], count: batch.count + 1, lastSequence: this.sequence++ }
      },
      grow: () => {
        const isLargest = memory.slabBytes(slab) === TINY.pageBytes
        return { slab: isLargest ? slab : (batches.grow(slab, batches.room(slab) + 1) ?? slab) }
      },
      seal: () => {
        batches.seal(slab, 'flush', NOW)
        return { state: 'sealed' }
      },
      'start attempt': () => {
        batches.startAttempt(slab, NOW)
        return { isInFlight: true }
      },
      'put back': () => {
        batches.putBack(slab, 500)
        return { isInFlight: false }
      },
      bury: () => {
        const grave = batches.bury(slab, 500, ERROR, this.buriedAt++)
        const room = memory.slabBytes(grave) - SLAB_HEADER_BYTES - batches.bodyLength(grave)
        return { slab: grave, state: 'dead', error: ERROR.slice(0, room), isInFlight: false }
      },
      revive: () => {
        batches.revive(slab, NOW)
        return { state: 'sealed', error: null }
      },
      halve: () => this.parts(batch, batches.halve(slab)),
      separate: () => this.parts(batch, batches.separate(slab)),
      release: () => {
        batches.allocator.release(slab)
        return null
      },
    }
    const change = changes[name]()
    this.tracked = this.tracked.flatMap((other) => {
      if (other !== batch) return [other]
      if (change === null) return []
      return 'length' in change ? change : [{ ...batch, ...change }]
    })
  }

  /** The batches that one has become: none when the arena had no room. */
  private parts(batch: Tracked, slabs: readonly SlabId[] | null): Partial<Tracked> | readonly Tracked[] {
    if (slabs === null) return {}
    let taken = 0
    return slabs.map((slab) => {
      const count = this.batches.slabs.events(slab)
      const events = batch.events.slice(taken, taken + count)
      taken += count
      const id = this.batches.slabs.deliveryId(slab)
      return { ...batch, slab, id, state: 'sealed' as const, events, count, error: null, isInFlight: false }
    })
  }

  private keepMoment(): void {
    const batches = this.tracked.map(({ slab: _slab, isInFlight: _isInFlight, ...batch }) => batch)
    this.moments.push({ stores: this.memory.stores.length, batches: sorted(batches) })
  }
}

const APPLIES: Record<OperationName, (batch: Tracked) => boolean> = {
  open: () => true,
  'open large': () => true,
  append: ({ state }) => state === 'open',
  grow: ({ state }) => state === 'open',
  seal: ({ state }) => state === 'open',
  'start attempt': ({ state, isInFlight }) => state === 'sealed' && !isInFlight,
  'put back': ({ isInFlight }) => isInFlight,
  bury: ({ state }) => state === 'sealed',
  revive: ({ state }) => state === 'dead',
  halve: ({ state, count }) => state !== 'open' && count > 1,
  separate: ({ state, count }) => state !== 'open' && count > 1,
  release: ({ state }) => state !== 'open',
}

/** What a new thread finds and what its arena then holds. */
export interface Found {
  readonly batches: readonly Batch[]
  /** Bytes of slabs that are in use and belong to none of the batches. */
  readonly leakedBytes: number
}

/** Recovers, seals what is open so that every body can be read, and tells what there is. */
export function recovered(memory: ArenaMemory): Found {
  const batches = batchesIn(memory)
  const { open, sealed, dead, held } = recover(batches)
  for (const slab of open) batches.seal(slab, 'flush', NOW)
  const describe = (state: State) => (slab: SlabId) => ({
    id: batches.slabs.deliveryId(slab),
    state,
    events: eventsOf(batches.body(slab)),
    count: batches.slabs.events(slab),
    lastSequence: batches.slabs.lastSequence(slab),
    error: state === 'dead' ? batches.error(slab) : null,
  })
  const slabs = [...open, ...sealed, ...dead, ...held]
  return {
    batches: sorted([...open.map(describe('open')), ...sealed.map(describe('sealed')), ...dead.map(describe('dead'))]),
    leakedBytes: slabBytesInUse(batches.allocator) - slabs.reduce((sum, slab) => sum + memory.slabBytes(slab), 0),
  }
}

function sorted(batches: readonly Batch[]): readonly Batch[] {
  return batches.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}
