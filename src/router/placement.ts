import type { AppConfig } from '../config/model.js'
import type { EndpointNumber } from '../indexes.js'
import type { AppEntry, Placement } from './app-entry.js'
import type { Link } from './link.js'

/** The shard for a new app: the one with the fewest apps, of several the one whose ring is emptier. */
export function leastLoaded(links: readonly Link[]): Link {
  const [first, ...others] = links
  if (first === undefined) throw new Error('a dispatcher has at least one shard')
  return others.reduce((best, link) => {
    if (link.isDown !== best.isDown) return best.isDown ? link : best
    if (link.apps !== best.apps) return link.apps < best.apps ? link : best
    return link.producer.backlogBytes < best.producer.backlogBytes ? link : best
  }, first)
}

/**
 * The endpoints of an app under its new configuration. One that was there keeps its number by its id; one that is gone stays,
 * inactive, until its shard reports that nothing of it is left.
 * @param config null: the app is gone
 * @param generation the number of the change
 */
export function placeEndpoints(
  entry: AppEntry,
  config: AppConfig | null,
  generation: number,
  nextNumber: () => EndpointNumber,
): Placement[] {
  const webhooks = config?.webhooks ?? []
  const wanted = webhooks.map((webhook) => {
    const known = entry.placements.find((placement) => placement.config.id === webhook.id)
    return { number: known?.number ?? nextNumber(), config: webhook, active: true, generation }
  })
  const gone = entry.placements
    .filter((placement) => !webhooks.some((webhook) => webhook.id === placement.config.id))
    .map((placement) => ({ ...placement, active: false, generation }))
  return [...wanted, ...gone]
}
