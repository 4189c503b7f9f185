import { hash } from 'node:crypto'
import type { EndpointConfig } from './model.js'

const PREFIX = 'wh_'
/** 64 bits: two of a thousand targets of an app meet once in 10¹³ apps, and then one gets an ordinal. */
const HEX_DIGITS = 16

/**
 * Gives the webhooks of one app their ids, to be called in their order: the given id, or `wh_` and a hash of the target.
 * What is stored for a webhook is stored under its id, so it only depends on where deliveries go: not on event types, the
 * filter, headers and settings, nor on credentials and the query of a URL, where tokens are that get rotated. Webhooks with one
 * target get `-2`, `-3`, … in their order.
 * @param given the ids that the configuration gives, which no derived one may take
 */
export function endpointIds(
  given: readonly (string | null | undefined)[],
): (own: string | null | undefined, target: EndpointConfig['target']) => string {
  const taken = new Set(given)
  return (own, target) => {
    if (own != null) return own
    const derived = deriveId(target)
    let id = derived
    for (let ordinal = 2; taken.has(id); ordinal++) id = `${derived}-${ordinal}`
    taken.add(id)
    return id
  }
}

function deriveId(target: EndpointConfig['target']): string {
  return PREFIX + hash('sha256', JSON.stringify(identityOf(target)), 'hex').slice(0, HEX_DIGITS)
}

function identityOf(target: EndpointConfig['target']): readonly (string | null)[] {
  if (target.kind === 'http') return [target.kind, withoutSecrets(target.url)]
  const { kind, functionName, qualifier, region, endpointUrl } = target
  return [kind, functionName, qualifier, region, endpointUrl && withoutSecrets(endpointUrl)]
}

/** @param url as URL serialises it, so that an `@` in the authority ends the credentials */
function withoutSecrets(url: string): string {
  return url.replace(/^(https?:\/\/)[^/?]*@/, '$1').replace(/\?.*$/, '')
}
