/** The most bytes of a response's body that are read; a longer one costs the connection, not the delivery. */
export const MAX_RESPONSE_BYTES = 64 * 1024

/** The most bytes of a response's head. */
export const MAX_RESPONSE_HEADER_BYTES = 16 * 1024

/** How long an idle connection is kept when the receiver does not say how long it keeps it. */
export const KEEP_ALIVE_MS = 4_000

/** The longest that an idle connection is kept, whatever the receiver says. */
export const KEEP_ALIVE_MAX_MS = 60_000

/** The most requests at once on one HTTP/2 connection; receivers may allow fewer. */
export const MAX_STREAMS = 100
