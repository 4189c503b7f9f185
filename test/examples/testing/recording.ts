import type { Dispatcher } from 'signpost'
import { createTestDispatcher } from 'signpost/testing'

/** `join` stands for the code under test: it emits `member_added` for a user. */
export function announcesWhoJoins(join: (dispatcher: Dispatcher, user: string) => void): readonly string[] {
  const dispatcher = createTestDispatcher({ apps: [{ id: 'chat', key: 'app-key', secret: 'app-secret' }] })
  join(dispatcher, 'ann')
  return dispatcher.recorded.map(({ app, name, channel, user_id }) => `${app}: ${name} ${channel} ${user_id}`)
}
