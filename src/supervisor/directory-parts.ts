import type { AppIndex } from '../indexes.js'
import type { DirectoryPart, PlacedApp } from '../shard/messages.js'
import type { ShardDirectory } from './app-versions.js'

/** Apps that go in one message: copying more at once would be felt on the host's event loop. */
const APPS_A_PART = 50

export interface PartedDirectory {
  /** The last of them says so. */
  readonly parts: readonly DirectoryPart[]
  /** How many of them, the first ones, a new thread needs before it can take over. */
  readonly needed: number
}

/**
 * Parts the apps, in pieces: those first that a new thread needs before it can take over.
 * @param leftover indexes of the apps that a dead thread has left something of
 */
export function* partDirectory(
  { apps, stopped }: ShardDirectory,
  leftover: ReadonlySet<AppIndex>,
): Generator<void, PartedDirectory, void> {
  const isStopped = new Set(stopped)
  const needed = new Parts()
  const others = new Parts()
  for (const app of apps) {
    const isAtRest = app.endpoints.every(({ number, active }) => active && !isStopped.has(number))
    if (isAtRest && !leftover.has(app.index)) others.add(app)
    else needed.add(app)
    yield
  }
  const parts = [...needed.all, ...others.all]
  if (parts.length === 0) parts.push([])
  return {
    parts: parts.map((part, index) => ({ apps: part, isLast: index === parts.length - 1 })),
    needed: needed.all.length,
  }
}

class Parts {
  readonly all: PlacedApp[][] = []

  add(app: PlacedApp): void {
    const last = this.all.at(-1)
    if (last === undefined || last.length === APPS_A_PART) this.all.push([app])
    else last.push(app)
  }
}
