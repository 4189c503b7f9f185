import type { Answer, Answered, Cancel, NameSource } from './answer.js'

interface Flight {
  readonly waiters: Set<{ readonly answered: Answered }>
  cancel: Cancel
}

/** Asks for a name once, however many want to know at the same time. The question is given up with the last of them. */
export class SingleFlight {
  readonly #flights = new Map<string, Flight>()

  /** @param remember called with every answer, also of questions that were given up, before those who wait */
  constructor(
    readonly source: NameSource,
    readonly remember: (name: string, answer: Answer) => void,
  ) {}

  /** @param answered called once, unless cancelled before; never before this returns */
  join(name: string, answered: Answered): Cancel {
    const flight = this.#flights.get(name) ?? this.#start(name)
    const waiter = { answered }
    flight.waiters.add(waiter)
    return () => {
      if (!flight.waiters.delete(waiter) || flight.waiters.size > 0) return
      if (this.#flights.get(name) === flight) this.#flights.delete(name)
      flight.cancel()
    }
  }

  #start(name: string): Flight {
    const flight: Flight = { waiters: new Set(), cancel: () => undefined }
    this.#flights.set(name, flight)
    flight.cancel = this.source(name, (answer) => {
      if (this.#flights.get(name) === flight) this.#flights.delete(name)
      this.remember(name, answer)
      const waiters = [...flight.waiters]
      flight.waiters.clear()
      for (const waiter of waiters) waiter.answered(answer)
    })
    return flight
  }
}
