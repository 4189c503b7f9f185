/** What became of a message: `stalled` means that the arena is full and that the same message must come again. */
export type Received = 'done' | 'stalled'
