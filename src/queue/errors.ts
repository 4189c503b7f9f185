/** The store has no room for new jobs. What settles or deletes is still taken. */
export class StoreFullError extends Error {
  override readonly name = 'StoreFullError'
}

/** The store cannot be written at present. */
export class StoreDownError extends Error {
  override readonly name = 'StoreDownError'
}

/** The server of the queue cannot be used, or must not, as things are set up. Waiting does not help. */
export class QueueServerError extends Error {
  override readonly name = 'QueueServerError'
}
