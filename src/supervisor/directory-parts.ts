import type { DirectoryPart, PlacedApp } from '../shard/messages.js'
import type { ShardDirectory } from './app-versions.js'

/** Apps that go in one message: copying more at once would be felt on the host's event loop. */
const APPS_A_PART = 250

/**
 * Parts the apps into those that a new thread needs before it can take over, and the others.
 * @param leftover indexes of the apps that a dead thread has left something of
 */
export function partDirectory(
  { apps, stopped }: Pick<ShardDirectory, 'apps' | 'stopped'>,
  leftover: ReadonlySet<number>,
): { readonly first: readonly PlacedApp[]; readonly later: readonly DirectoryPart[] } {
  const isStopped = new Set(stopped)
  const first: PlacedApp[] = []
  const later: PlacedApp[] = []
  for (const app of apps) {
    const isAtRest = app.endpoints.every(({ number, active }) => active && !isStopped.has(number))
    if (isAtRest && !leftover.has(app.index)) later.push(app)
    else first.push(app)
  }
  return { first, later: inParts(later) }
}

function inParts(apps: readonly PlacedApp[]): DirectoryPart[] {
  const parts: DirectoryPart[] = []
  for (let from = 0; from < apps.length; from += APPS_A_PART) {
    parts.push({ apps: apps.slice(from, from + APPS_A_PART), isLast: from + APPS_A_PART >= apps.length })
  }
  return parts.length > 0 ? parts : [{ apps: [], isLast: true }]
}
