/**
 * Operations in one run of a task: a single one of the hot path's takes less than the clock that times it.
 * Time an operation = time a run / OPERATIONS_PER_RUN.
 */
export const OPERATIONS_PER_RUN = 1000
