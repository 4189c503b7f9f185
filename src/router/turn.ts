const RESOLVED = Promise.resolve()

/** The turn of the event loop that is under way, for those who put something off until its end. */
export class Turn {
  /** Whether its end is told to those that listen. */
  isEndAwaited = false
  readonly #listeners: (() => void)[] = []

  readonly #defer: (turnEnded: () => void) => void

  /** @param defer calls back when the work under way is done, before any other begins */
  constructor(defer: (turnEnded: () => void) => void = (turnEnded) => void RESOLVED.then(turnEnded)) {
    this.#defer = defer
  }

  /** Has `listener` called at the end of every turn whose end is awaited. */
  onEnd(listener: () => void): void {
    this.#listeners.push(listener)
  }

  awaitEnd(): void {
    if (this.isEndAwaited) return
    this.isEndAwaited = true
    this.#defer(this.#end)
  }

  readonly #end = (): void => {
    this.isEndAwaited = false
    for (const listener of this.#listeners) listener()
  }
}
