import type { Dispatcher } from 'signpost'

/** Emits the first event of an app that this process may not know yet. */
export async function occupy(dispatcher: Dispatcher, appId: string, channel: string): Promise<boolean> {
  return (await dispatcher.apps.load(appId)) && dispatcher.app(appId).channelOccupied(channel)
}
