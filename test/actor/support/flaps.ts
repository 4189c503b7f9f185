import { ActorRig, type Emitted, type RigSettings } from './rig.js'

export const WINDOW_MS = 3000
export const ALL = ['channel_occupied', 'channel_vacated', 'member_added', 'member_removed', 'client_event']

export const vacated = (channel = 'room'): Emitted => ({ name: 'channel_vacated', channel })
export const occupied = (channel = 'room'): Emitted => ({ name: 'channel_occupied', channel })
export const removed = (user_id = 'u1', channel = 'presence-a'): Emitted => ({
  name: 'member_removed',
  channel,
  user_id,
})
export const added = (user_id = 'u1', channel = 'presence-a'): Emitted => ({ name: 'member_added', channel, user_id })

/** Leaves of as many different users. */
export const leaves = (count: number) => Array.from({ length: count }, (_, index) => removed(`user-${index}`))

/** A rig that holds leaves, with one endpoint that wants everything. */
export function flapRig(settings: RigSettings = {}): ActorRig {
  return new ActorRig({ flapWindowMs: WINDOW_MS, endpoints: [{ eventTypes: ALL }], ...settings })
}

export const names = (rig: ActorRig, endpoint = 0) => rig.told(endpoint).map(({ name }) => name)
