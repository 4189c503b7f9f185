import { STORAGE_LAYOUT, type StorageMetric } from '../stats/layout.js'

/** The writing side of the storage thread's block. */
export class StorageCounters {
  readonly #block: Float64Array

  constructor(shared: SharedArrayBuffer) {
    this.#block = new Float64Array(shared)
  }

  add(name: StorageMetric, amount: number): void {
    const at = STORAGE_LAYOUT.at[name]
    this.#block[at] = (this.#block[at] ?? 0) + amount
  }

  set(name: StorageMetric, value: number): void {
    this.#block[STORAGE_LAYOUT.at[name]] = value
  }
}
