import type { Fault } from './faults.js'

interface PlannedFault {
  readonly fault: Fault
  timesLeft: number
}

/** The faults to come, in the order in which they were planned. */
export class FaultPlan {
  #planned: PlannedFault[] = []

  add(fault: Fault): void {
    this.#planned.push({ fault, timesLeft: fault.times ?? Number.POSITIVE_INFINITY })
  }

  clear(): void {
    this.#planned = []
  }

  /** The fault that strikes a request to `path`, counted as having struck; null: none. */
  take(path: string): Fault | null {
    const planned = this.#planned.find(({ fault, timesLeft }) => timesLeft > 0 && (fault.path ?? path) === path)
    if (planned === undefined) return null
    planned.timesLeft--
    this.#planned = this.#planned.filter(({ timesLeft }) => timesLeft > 0)
    return planned.fault
  }
}
