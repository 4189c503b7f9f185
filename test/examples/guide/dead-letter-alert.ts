import type { Dispatcher } from 'signpost'

/** Logs each batch that was given up. The report says why, and has no secret and no customer's data in it. */
export function logDeadLetters(dispatcher: Dispatcher): void {
  dispatcher.on('dead-letter', ({ id, app, endpoint, events, attempts, cause, status, error }) => {
    console.error(`dead letter ${id}`, { app, endpoint, events, attempts, cause, status, error })
  })
}
