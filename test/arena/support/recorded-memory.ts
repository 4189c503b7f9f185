import { ArenaMemory } from '../../../src/arena/arena-memory.js'
import type { ArenaShape } from '../../../src/arena/layout.js'

/** One store, as it left the memory. */
export interface Store {
  readonly at: number
  readonly bytes: Uint8Array
  readonly isAtomic: boolean
}

type View = Int32Array | Float64Array | Buffer | DataView

/** Methods of a view that store: each byte that they change is a store of its own, in rising order. */
const STORING_METHODS: ReadonlySet<PropertyKey> = new Set([
  ...['set', 'write', 'copyWithin', 'fill'],
  ...['setUint8', 'setUint16', 'setInt32'],
])

const views = new WeakMap<object, View>()
const { load, store } = Atomics

/** An arena that writes down every store, so that a writer's death between any two of them can be played. */
export class RecordedMemory extends ArenaMemory {
  override readonly words: Int32Array
  override readonly doubles: Float64Array
  override readonly bytes: Buffer
  override readonly view: DataView
  readonly stores: Store[] = []

  constructor(shared: SharedArrayBuffer, shape: ArenaShape) {
    super(shared, shape)
    this.words = this.recorded(new Int32Array(shared))
    this.doubles = this.recorded(new Float64Array(shared))
    this.bytes = this.recorded(Buffer.from(shared))
    this.view = this.recorded(new DataView(shared))
  }

  /** Runs `body` with `Atomics` able to use this memory's views. */
  record<Result>(body: () => Result): Result {
    const target = (array: Int32Array) => {
      const view = views.get(array)
      return view instanceof Int32Array ? view : array
    }
    Object.assign(Atomics, {
      load: (array: Int32Array, index: number) => load(target(array), index),
      store: (array: Int32Array, index: number, value: number) => {
        const stored = store(target(array), index, value)
        if (views.has(array)) this.note(index * 4, 4, true)
        return stored
      },
    })
    try {
      return body()
    } finally {
      Object.assign(Atomics, { load, store })
    }
  }

  private recorded<T extends View>(view: T): T {
    const proxy = new Proxy(view, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key)
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => this.call(target, key, () => Reflect.apply(value, target, args))
      },
      set: (target, key, value) => {
        Reflect.set(target, key, value)
        const size = 'BYTES_PER_ELEMENT' in target ? target.BYTES_PER_ELEMENT : 0
        this.note(Number(key) * size, size, false)
        return true
      },
    })
    views.set(proxy, view)
    return proxy
  }

  private call(target: View, method: PropertyKey, run: () => unknown): unknown {
    if (!STORING_METHODS.has(method)) return run()
    const before = new Uint8Array(target.buffer).slice()
    const result = run()
    const after = new Uint8Array(target.buffer)
    for (const [at, byte] of before.entries()) if (after[at] !== byte) this.note(at, 1, false)
    return result
  }

  private note(at: number, length: number, isAtomic: boolean): void {
    this.stores.push({ at, bytes: new Uint8Array(this.shared, at, length).slice(), isAtomic })
  }
}
