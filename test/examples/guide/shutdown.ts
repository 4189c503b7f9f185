import type { Dispatcher } from 'signpost'

export function closeOnSigterm(dispatcher: Dispatcher): void {
  process.once('SIGTERM', async () => {
    const { events, endpoints } = await dispatcher.close({ timeout: 10_000 })
    console.log('left undelivered', events, endpoints)
  })
}
