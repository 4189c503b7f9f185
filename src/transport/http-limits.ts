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

/** The most HTTP/2 connections of one app with one origin; what finds no room on them waits. */
export const MAX_HTTP2_CONNECTIONS = 8

/** After how many streams in a row that a receiver ends without an answer their connection takes no more. */
export const MAX_REFUSED_STREAMS = 3

/** How long after the first bad HTTP/2 connection the next one is made; twice as long after each further one. */
export const MIN_RECONNECT_MS = 100
export const MAX_RECONNECT_MS = 10_000
