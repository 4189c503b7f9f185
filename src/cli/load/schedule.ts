/** When events are due, in ms from the start of the emission. */
export interface Schedule {
  /** How many events are due by then; no event of them is due later. */
  dueBy(elapsedMs: number): number
  /** When an event is due that is offered for the first time at `elapsedMs`. */
  dueAt(number: number, elapsedMs: number): number
  /** How long nothing is to be done, in ms; 0: there is something at once. */
  idleFor(number: number, elapsedMs: number): number
  /** Whether the emission has had its time. */
  isOver(elapsedMs: number): boolean
  /** How many events there are in all; infinite: the time ends it. */
  readonly events: number
}

export interface ScheduleSettings {
  /** Events a second, or as fast as they are accepted. */
  readonly rate: number | 'max'
  /** null: as long as `events` take. */
  readonly seconds: number | null
  /** null: as many as `seconds` hold. */
  readonly events: number | null
}

export function createSchedule({ rate, seconds, events }: ScheduleSettings): Schedule {
  const endMs = seconds === null ? Number.POSITIVE_INFINITY : seconds * 1000
  const most = events ?? Number.POSITIVE_INFINITY
  return rate === 'max' ? closedLoop(most, endMs) : openLoop(rate, Math.min(most, Math.ceil((endMs * rate) / 1000)))
}

/** How long an emission takes that is never late; null: nobody knows beforehand. */
export function lengthInSeconds({ rate, seconds, events }: ScheduleSettings): number | null {
  const lengths = [
    ...(seconds === null ? [] : [seconds]),
    ...(events === null || rate === 'max' ? [] : [events / rate]),
  ]
  return lengths.length === 0 ? null : Math.min(...lengths)
}

/** Every event has its time, whatever became of those before: what the emitter or the dispatcher is late by is latency. */
function openLoop(rate: number, events: number): Schedule {
  const dueAt = (number: number) => (number * 1000) / rate
  return {
    events,
    dueAt,
    dueBy: (elapsedMs) => Math.min(Math.floor((elapsedMs * rate) / 1000) + 1, events),
    idleFor: (number, elapsedMs) => Math.max(dueAt(number) - elapsedMs, 0),
    isOver: () => false,
  }
}

/** An event is due when the one before was accepted. */
function closedLoop(events: number, endMs: number): Schedule {
  return {
    events,
    dueAt: (_, elapsedMs) => elapsedMs,
    dueBy: () => events,
    idleFor: () => 0,
    isOver: (elapsedMs) => elapsedMs >= endMs,
  }
}
