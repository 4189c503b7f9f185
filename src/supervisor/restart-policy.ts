/** How many deaths are borne: `restarts` within `withinMs`, as Erlang/OTP supervisors count restart intensity. */
export interface RestartIntensity {
  readonly restarts: number
  readonly withinMs: number
}

/** Ten deaths in ten seconds are an accident; more are a fault that another restart will not mend. */
export const DEFAULT_INTENSITY: RestartIntensity = { restarts: 10, withinMs: 10_000 }

/** Remembers the deaths of one shard. */
export class RestartPolicy {
  private deaths: number[] = []

  constructor(private readonly intensity: RestartIntensity) {}

  /** Notes a death. @returns whether to start another thread */
  mayRestart(nowMs: number): boolean {
    this.deaths = [...this.deaths, nowMs].filter((atMs) => nowMs - atMs < this.intensity.withinMs)
    return this.deaths.length <= this.intensity.restarts
  }
}
