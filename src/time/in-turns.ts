/** How long a piece of work may hold up a turn of the event loop, in ms. */
const TURN_MS = 1

/** Does work in pieces, of which each ends with a `yield`: as many in one turn of the event loop as take about a millisecond. */
export async function inTurns<Result>(work: Generator<void, Result, void>): Promise<Result> {
  for (;;) {
    const endMs = performance.now() + TURN_MS
    do {
      const step = work.next()
      if (step.done === true) return step.value
    } while (performance.now() < endMs)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
