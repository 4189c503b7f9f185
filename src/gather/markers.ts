import { Control } from '../ring/layout.js'

/** Whether what belongs to a marker is done; false: the arena is too full for it, and it must be tried again. */
export type Effect = () => boolean

/**
 * Gives control calls their place among the events. A call and its marker travel on different ways and either may come
 * first: the ring waits at a marker until its call is there, and a call waits for its marker.
 *
 * After a death calls come again. The new thread knows the changes whose markers are still in the ring, and every other marker that
 * was written before it is passed over: it belonged to a call that nobody waits for any more, or that comes again and finds its
 * marker passed. What a passed marker changed is in the directory that the thread started with.
 */
export class Markers {
  readonly #effects = new Map<number, Effect>()
  readonly #control: Int32Array
  readonly #onCall: () => void
  readonly #lastBefore: number

  /** @param lastBefore the last marker that was written before this thread began */
  constructor(control: Int32Array, lastBefore: number, onCall: () => void) {
    this.#control = control
    this.#lastBefore = lastBefore
    this.#onCall = onCall
  }

  /**
   * A control call has come.
   * @param effect called when the marker is reached
   * @param passed called instead when it has been passed
   */
  expect(marker: number, effect: Effect, passed: () => void): void {
    if (isPassed(marker, Atomics.load(this.#control, Control.LastMarker))) {
      passed()
      return
    }
    this.#effects.set(marker, effect)
    this.#onCall()
  }

  /** The ring has come to a marker. @returns false when its call is not there yet or cannot be had yet: the ring must wait */
  reach(marker: number): boolean {
    const effect = this.#effects.get(marker)
    if (effect === undefined) {
      if (!isPassed(marker, this.#lastBefore)) return false
    } else if (!effect()) {
      return false
    }
    this.#effects.delete(marker)
    Atomics.store(this.#control, Control.LastMarker, marker)
    return true
  }
}

/** Markers wrap around 2³². */
function isPassed(marker: number, passed: number): boolean {
  return ((marker - passed) | 0) <= 0
}
