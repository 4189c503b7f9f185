/** Tells on standard output, a line a measurement, how far it is and how long it will still take. */
export class Progress {
  private readonly startMs = performance.now()
  private done = 0
  private current = ''

  constructor(
    private readonly total: number,
    private readonly print: (line: string) => void = console.log,
  ) {}

  begin(what: string): void {
    this.current = what
  }

  end(result: string): void {
    this.done += 1
    const count = String(this.done).padStart(String(this.total).length)
    this.print(`[${count}/${this.total}, ${this.left()} left] ${this.current}: ${result}`)
  }

  private left(): string {
    const seconds = (((performance.now() - this.startMs) / this.done) * (this.total - this.done)) / 1000
    return seconds < 100 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`
  }
}
