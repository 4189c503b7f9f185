import type { ChannelType, FilterConfig } from '../config/model.js'
import { patternFilter } from './pattern-filter.js'

/** Whether an event on this channel is for the endpoint. */
export type ChannelFilter = (channel: string) => boolean

/** Pusher's naming of channel types: the longest prefix that fits decides. */
const TYPE_PREFIXES: readonly (readonly [ChannelType, string])[] = [
  ['private-encrypted', 'private-encrypted-'],
  ['private', 'private-'],
  ['presence', 'presence-'],
  ['cache', 'cache-'],
]

export function channelTypeOf(channel: string): ChannelType {
  return TYPE_PREFIXES.find(([, prefix]) => channel.startsWith(prefix))?.[0] ?? 'public'
}

/** What says a channel's type, which is no part of its namespace. The first that fits is left out, and no other. */
const NAMESPACE_PREFIXES: readonly string[] = [
  'private-encrypted-cache-',
  'private-cache-',
  'presence-cache-',
  'cache-',
  'private-encrypted-',
  'presence-',
  'private-',
]

/** A channel's namespace, as Sockudo reads it: what stands before the first colon, without the type; '' when it has none. */
export function namespaceOf(channel: string): string {
  const colon = channel.indexOf(':')
  if (colon < 0) return ''
  const start = NAMESPACE_PREFIXES.find((prefix) => channel.startsWith(prefix))?.length ?? 0
  return channel.slice(start, colon)
}

/**
 * Compiles a webhook's filter once. All that it gives must hold. Patterns run in time linear in the channel's length (RE2),
 * so that none can stall the shard.
 * @returns null when every channel passes
 */
export function compileFilter(config: FilterConfig | null): ChannelFilter | null {
  if (config === null) return null
  const parts = [
    when(config.channelType, (type) => (channel) => channelTypeOf(channel) === type),
    when(config.channelPrefix, (prefix) => (channel) => channel.startsWith(prefix)),
    when(config.channelSuffix, (suffix) => (channel) => channel.endsWith(suffix)),
    when(config.channelPattern, patternFilter),
    when(config.channelNamespaces, (namespaces) => (channel) => namespaces.includes(namespaceOf(channel))),
  ].filter((part) => part !== null)
  const [only, ...others] = parts
  if (only === undefined) return null
  return others.length === 0 ? only : (channel) => parts.every((part) => part(channel))
}

function when<T>(value: T | null, compile: (value: T) => ChannelFilter): ChannelFilter | null {
  return value === null ? null : compile(value)
}
