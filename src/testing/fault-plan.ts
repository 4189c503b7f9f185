import { durationOf } from '../time/duration.js'
import { checkFault, type Fault } from './faults.js'

const DURATIONS = ['delayMs', 'dripMs', 'dripHeadMs'] as const

interface PlannedFault {
  readonly fault: Fault
  timesLeft: number
}

/** The faults to come, in the order in which they were planned. */
export class FaultPlan {
  #planned: PlannedFault[] = []

  /** @throws SignpostError `INVALID_FAULT`, `INVALID_DURATION` */
  add(fault: Fault): void {
    checkFault(fault)
    for (const name of DURATIONS) if (fault[name] !== undefined) durationOf(fault[name], name)
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
