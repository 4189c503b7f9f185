import type { Dispatcher } from 'signpost'

export async function refresh(dispatcher: Dispatcher): Promise<void> {
  await dispatcher.apps.refresh('my-app') // one app, as the database has it now
  const { set, deleted } = await dispatcher.apps.refresh() // all of them
  console.log(`${set} apps set, ${deleted} deleted`)
}
