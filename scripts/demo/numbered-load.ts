import type { Dispatcher } from '../../src/index.js'

/** Every number is the channel of one event, which exactly one webhook of the example apps subscribes to. */
const CHANNEL = 'presence-chat-'

const EMIT: readonly ((dispatcher: Dispatcher, channel: string) => boolean)[] = [
  (dispatcher, channel) => dispatcher.app('my-app-with-webhooks').channelOccupied(channel),
  (dispatcher, channel) => dispatcher.app('lambda').memberAdded(channel, 'user'),
  (dispatcher, channel) => dispatcher.app('mixed').channelOccupied(channel),
  (dispatcher, channel) =>
    dispatcher.app('mixed').clientEvent({ channel, event: 'client-message', data: { text: 'hello' } }),
  (dispatcher, channel) => dispatcher.app('mixed').memberAdded(channel, 'user'),
  (dispatcher, channel) => dispatcher.app('my-app-with-webhooks').channelVacated(channel),
]

/** @returns false when it was refused */
export function emitNumbered(dispatcher: Dispatcher, number: number): boolean {
  return EMIT[number % EMIT.length]?.(dispatcher, `${CHANNEL}${number}`) ?? false
}

/** The number of an event that `emitNumbered` has emitted; null for any other channel. */
export function numberOf(channel: string): number | null {
  const digits = channel.startsWith(CHANNEL) ? channel.slice(CHANNEL.length) : ''
  return /^\d+$/.test(digits) ? Number(digits) : null
}
