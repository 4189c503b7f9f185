import type { DirectoryPart, PlacedApp } from '../shard/messages.js'
import type { ShardDirectory } from './app-versions.js'

/** Apps that go in one message: copying more at once would be felt on the host's event loop. */
const APPS_A_PART = 50

export interface PartedDirectory {
  readonly first: readonly PlacedApp[]
  readonly later: readonly DirectoryPart[]
}

/**
 * Parts the apps, in pieces, into those that a new thread needs before it can take over, and the others.
 * @param leftover indexes of the apps that a dead thread has left something of
 */
export function* partDirectory(
  { apps, stopped }: ShardDirectory,
  leftover: ReadonlySet<number>,
): Generator<void, PartedDirectory, void> {
  const isStopped = new Set(stopped)
  const first: PlacedApp[] = []
  const later: DirectoryPart[] = []
  let part: PlacedApp[] = []
  for (const app of apps) {
    const isAtRest = app.endpoints.every(({ number, active }) => active && !isStopped.has(number))
    if (isAtRest && !leftover.has(app.index)) part.push(app)
    else first.push(app)
    if (part.length === APPS_A_PART) {
      later.push({ apps: part, isLast: false })
      part = []
    }
    yield
  }
  later.push({ apps: part, isLast: true })
  return { first, later }
}
