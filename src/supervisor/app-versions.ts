import { Fifo } from '../collections/fifo.js'
import type { AppIndex, EndpointNumber } from '../indexes.js'
import type { Change, PlacedApp, PlacedEndpoint } from '../shard/messages.js'

/** What a shard's threads must know of the apps. */
export interface ShardDirectory {
  /** Each app as it was configured at one place in the ring. */
  readonly apps: readonly PlacedApp[]
  /** Numbers of the endpoints that answered 410 under that configuration. */
  readonly stopped: readonly EndpointNumber[]
}

/** Whether a shard that has passed `passed` has passed `marker` too. Markers wrap around 2³². */
export function isPassed(marker: number, passed: number): boolean {
  return ((marker - passed) | 0) <= 0
}

/**
 * The apps of one shard, each in the versions that may still matter: the one in force where the shard reads its ring, and those
 * that wait for their markers. A thread that takes over starts with the first and meets the others at their places, so every event is
 * handled under the configuration that held when it was emitted.
 *
 * The marker of a change is the generation of all endpoints in it. A notice about an endpoint carries the generation that it speaks
 * of, and counts only for that one: whatever is on its way while an app changes again is recognised as late.
 */
export class AppVersions {
  /** The oldest first: the first is in force once its marker is passed, the last is the newest. */
  readonly #versions = new Map<AppIndex, Change[]>()
  /** Changes that may not have been reached yet, in their order. */
  readonly #waiting = new Fifo<Change>()
  /** The generation at which an endpoint, by its number, answered 410. */
  readonly #stopped = new Map<EndpointNumber, number>()

  readonly #forgotten: (index: AppIndex) => void

  /** @param forgotten called with the index of an app of which nothing is left */
  constructor(forgotten: (index: AppIndex) => void) {
    this.#forgotten = forgotten
  }

  /** The newest version of each app. */
  *newest(): Generator<PlacedApp> {
    for (const versions of this.#versions.values()) {
      const newest = versions.at(-1)
      if (newest !== undefined) yield newest.app
    }
  }

  /** The app as it is from a marker on. */
  change(marker: number, app: PlacedApp): Change {
    const change = { marker, app }
    const versions = this.#versions.get(app.index)
    if (versions === undefined) this.#versions.set(app.index, [change])
    else versions.push(change)
    this.#waiting.push(change)
    return change
  }

  /** The shard has passed this marker: versions that were replaced by then no longer matter. */
  reached(passed: number): void {
    for (let next = this.#waiting.peek(); next !== undefined; next = this.#waiting.peek()) {
      if (!isPassed(next.marker, passed)) return
      this.#waiting.shift()
      this.#inForce(next.app.index, passed)
    }
  }

  /** The changes that may not have been reached yet, in their order. */
  get waiting(): readonly Change[] {
    return this.#waiting.toArray()
  }

  /**
   * What a thread needs that takes over behind this marker, put together in pieces. No thread may pass a marker meanwhile; changes may
   * be made: they are among those that wait.
   */
  *directory(passed: number): Generator<void, ShardDirectory, void> {
    this.reached(passed)
    const apps: PlacedApp[] = []
    const stopped: EndpointNumber[] = []
    for (const [inForce] of this.#versions.values()) {
      yield
      if (inForce === undefined || !isPassed(inForce.marker, passed)) continue
      apps.push(inForce.app)
      for (const endpoint of inForce.app.endpoints) if (this.#isStopped(endpoint)) stopped.push(endpoint.number)
    }
    return { apps, stopped }
  }

  /** An endpoint of that generation answered 410. */
  stopped(index: AppIndex, number: EndpointNumber, generation: number): void {
    const versions = this.#versions.get(index) ?? []
    const isKnown = versions.some(({ app }) => find(app, number)?.generation === generation)
    if (isKnown) this.#stopped.set(number, generation)
  }

  /**
   * A removed endpoint of that generation has nothing left.
   * @returns the app without it; undefined when the notice is late: the endpoint has come back or was removed again since
   */
  retired(index: AppIndex, number: EndpointNumber, generation: number): PlacedApp | undefined {
    const newest = this.#versions.get(index)?.at(-1)
    const endpoint = newest === undefined ? undefined : find(newest.app, number)
    if (newest === undefined || endpoint === undefined) return undefined
    if (endpoint.active || endpoint.generation !== generation) return undefined
    const app = { ...newest.app, endpoints: newest.app.endpoints.filter((other) => other !== endpoint) }
    this.#versions.set(index, [{ marker: newest.marker, app }])
    this.#stopped.delete(number)
    this.#forgetIfGone(app)
    return app
  }

  #inForce(index: AppIndex, passed: number): void {
    const versions = this.#versions.get(index)
    if (versions === undefined) return
    while (versions[1] !== undefined && isPassed(versions[1].marker, passed)) versions.shift()
    const [inForce] = versions
    if (inForce === undefined) return
    for (const endpoint of inForce.app.endpoints) if (!this.#isStopped(endpoint)) this.#stopped.delete(endpoint.number)
    if (versions.length === 1) this.#forgetIfGone(inForce.app)
  }

  #forgetIfGone({ index, isRemoved, endpoints }: PlacedApp): void {
    if (!isRemoved || endpoints.length > 0) return
    this.#versions.delete(index)
    this.#forgotten(index)
  }

  #isStopped({ number, generation }: PlacedEndpoint): boolean {
    return this.#stopped.get(number) === generation
  }
}

function find({ endpoints }: PlacedApp, number: EndpointNumber): PlacedEndpoint | undefined {
  return endpoints.find((endpoint) => endpoint.number === number)
}
