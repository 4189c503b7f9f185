import type { Dispatcher } from 'signpost'

/** Delivers what an app has lost once more, under the same delivery ids. */
export async function replayAll({ deadLetters }: Dispatcher, app: string): Promise<number> {
  const { items } = await deadLetters.list({ app, limit: 100 })
  for (const { endpoint, events, status, error } of items) console.log(endpoint, events, status, error)
  return deadLetters.replay({ app }) // or .replay({ ids }), .purge({ ids }), .purge({ all: true })
}
