import type { Dispatcher } from 'signpost'

export function closeOnSigterm(dispatcher: Dispatcher): void {
  process.once('SIGTERM', () => {
    dispatcher
      .close({ timeout: 10_000 })
      .then(({ events, endpoints }) => console.log('left undelivered', events, endpoints))
  })
}
