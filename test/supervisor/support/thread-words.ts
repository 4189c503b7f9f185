/** Words of the shared memory in `counters`. */
export const ThreadWord = {
  /** How many threads have begun. */
  Begun: 0,
  /** So many of them die at `close`. */
  Dying: 1,
  /** The store can be opened by so many; 0: by all. */
  Openable: 2,
  /** How many have closed the store. */
  Closed: 3,
} as const
