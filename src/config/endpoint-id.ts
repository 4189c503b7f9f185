import { hash } from 'node:crypto'
import type { EndpointConfig } from './model.js'

type Identity = Pick<EndpointConfig, 'target' | 'eventTypes' | 'filter'>

const PREFIX = 'wh_'
/** 64 bits: two of a thousand webhooks of an app meet once in 10¹³ apps, and then one gets an ordinal. */
const HEX_DIGITS = 16

/**
 * Gives the webhooks of one app their ids, to be called in their order: the given id, or `wh_` and a hash of the target,
 * the event types and the filter. So a webhook keeps its id when the list is reordered, and when its headers,
 * credentials or delivery settings change. Webhooks that are the same in all this get `-2`, `-3`, … in their order.
 * @param given the ids that the configuration gives, which no derived one may take
 */
export function endpointIds(
  given: readonly (string | null | undefined)[],
): (own: string | null | undefined, identity: Identity) => string {
  const taken = new Set(given)
  return (own, identity) => {
    if (own != null) return own
    const derived = deriveId(identity)
    let id = derived
    for (let ordinal = 2; taken.has(id); ordinal++) id = `${derived}-${ordinal}`
    taken.add(id)
    return id
  }
}

function deriveId({ target, eventTypes, filter }: Identity): string {
  const identity = [targetIdentity(target), [...new Set(eventTypes)].sort(), filterIdentity(filter)]
  return PREFIX + hash('sha256', JSON.stringify(identity), 'hex').slice(0, HEX_DIGITS)
}

function targetIdentity(target: EndpointConfig['target']): readonly (string | null)[] {
  if (target.kind === 'http') return [target.kind, withoutCredentials(target.url)]
  return [target.kind, target.functionName, target.qualifier, target.region, target.endpointUrl]
}

function filterIdentity(filter: EndpointConfig['filter']): readonly unknown[] {
  if (filter === null) return []
  const { channelType, channelPrefix, channelSuffix, channelPattern, channelNamespaces } = filter
  return [channelType, channelPrefix, channelSuffix, channelPattern, channelNamespaces && [...channelNamespaces].sort()]
}

/** @param url as URL serialises it, so that an `@` in the authority ends the credentials */
function withoutCredentials(url: string): string {
  return url.replace(/^(https?:\/\/)[^/?]*@/, '$1')
}
