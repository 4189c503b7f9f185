/**
 * Operations in one run of a task: a single one of the hot path's takes less than the clock that times it.
 * Time an operation = time a run / OPERATIONS_PER_RUN.
 */
export const OPERATIONS_PER_RUN = 1000

export interface Task {
  /** OPERATIONS_PER_RUN operations. */
  run(): void
  /** What has to be done before each run and is not measured. */
  before?(): void
}

/** Makes the tasks' data when it is their turn. */
export type Tasks = Readonly<Record<string, () => Task>>
