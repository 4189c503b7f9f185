import { Control } from '../ring/layout.js'

/**
 * Gives control calls their place among the events. A call and its marker travel on different ways and either may come
 * first: the ring waits at a marker until its call is there, and a call waits for its marker. After a crash calls come
 * again; one whose marker has been passed takes effect at once.
 *
 * An effect that returns false must be had again, because the arena was too full for it: the ring waits as for a call.
 */
export class Markers {
  private readonly calls = new Map<number, () => boolean>()

  constructor(
    private readonly control: Int32Array,
    private readonly onCall: () => void,
  ) {}

  /** A control call has come: `effect` runs when its marker is reached. */
  expect(marker: number, effect: () => boolean): void {
    const passed = Atomics.load(this.control, Control.LastMarker)
    if (((marker - passed) | 0) <= 0) {
      effect()
      return
    }
    this.calls.set(marker, effect)
    this.onCall()
  }

  /** The ring has come to a marker. @returns false when its call is not there yet or cannot be had yet: the ring must wait */
  reach(marker: number): boolean {
    const effect = this.calls.get(marker)
    if (effect === undefined || !effect()) return false
    this.calls.delete(marker)
    Atomics.store(this.control, Control.LastMarker, marker)
    return true
  }
}
