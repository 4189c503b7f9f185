/** Requests that a peer has in flight: for each app, and in all. */
export const WINDOW = 4
export const MAX_REQUESTS = 256
