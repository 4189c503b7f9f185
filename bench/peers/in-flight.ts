/**
 * Counts promises that nobody awaits one by one. The first that fails is what `settled` rejects with; once it is known, so is
 * every later one.
 */
export class InFlight {
  private count = 0
  private failure: Error | null = null
  private wake: (() => void) | null = null

  /** @param most how many there may be before `isFull` */
  constructor(private readonly most: number) {}

  get isFull(): boolean {
    return this.count >= this.most
  }

  track(promise: Promise<unknown>): void {
    this.count += 1
    promise.then(this.done, (error: unknown) => {
      this.failure ??= new Error('an event could not be handed over or delivered', { cause: error })
      this.done()
    })
  }

  async settled(): Promise<void> {
    if (this.count > 0) {
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
    if (this.failure !== null) throw this.failure
  }

  private readonly done = (): void => {
    this.count -= 1
    if (this.count > 0) return
    this.wake?.()
    this.wake = null
  }
}
