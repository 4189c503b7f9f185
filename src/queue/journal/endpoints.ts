import type { JobTarget } from '../job.js'
import type { JobColumns } from './job-columns.js'
import { ParkedOrder } from './parked-order.js'
import { JobAt, LONGEST_HEAD } from './record.js'

/** An endpoint that jobs are stored for: its names once, and the order of its parked jobs. */
export interface StoredEndpoint {
  readonly target: JobTarget
  /** UTF-8 of the app's id and of the endpoint's, one behind the other. */
  readonly names: Buffer
  readonly appBytes: number
  readonly order: ParkedOrder
  /** Bytes of the parked jobs' bodies. */
  parkedBytes: number
  /** How many jobs and letters it has. */
  entries: number
}

/** Room that a head must leave beside the names: a letter's death. */
const DEATH_ROOM = 4096
const MOST_UNUSED = 1024

/** The endpoints of stored jobs, by number and by name. */
export class Endpoints {
  readonly #columns: JobColumns
  readonly #byNumber: (StoredEndpoint | null)[] = []
  readonly #numbers = new Map<string, Map<string, number>>()
  readonly #freeNumbers: number[] = []

  constructor(columns: JobColumns) {
    this.#columns = columns
  }

  /** @returns its number */
  intern(target: JobTarget): number {
    const known = this.find(target)
    if (known !== null) return known
    this.#sweep()
    const number = this.#freeNumbers.pop() ?? this.#byNumber.length
    this.#byNumber[number] = storedEndpoint(target, this.#columns)
    const ofApp = this.#numbers.get(target.app) ?? new Map<string, number>()
    this.#numbers.set(target.app, ofApp.set(target.endpoint, number))
    return number
  }

  find(target: JobTarget): number | null {
    return this.#numbers.get(target.app)?.get(target.endpoint) ?? null
  }

  at(number: number): StoredEndpoint {
    const endpoint = this.#byNumber[number]
    if (endpoint == null) throw new Error(`no endpoint has the number ${number}`)
    return endpoint
  }

  *all(): IterableIterator<StoredEndpoint> {
    for (const endpoint of this.#byNumber) if (endpoint !== null) yield endpoint
  }

  /** Forgets endpoints without a job when they are many, and not before, as most come back soon. */
  #sweep(): void {
    const inUse = this.#byNumber.length - this.#freeNumbers.length
    if (inUse < MOST_UNUSED * 2 || inUse % MOST_UNUSED !== 0) return
    for (const [number, endpoint] of this.#byNumber.entries()) {
      if (endpoint === null || endpoint.entries > 0 || !endpoint.order.isEmpty) continue
      this.#byNumber[number] = null
      this.#freeNumbers.push(number)
      const ofApp = this.#numbers.get(endpoint.target.app)
      ofApp?.delete(endpoint.target.endpoint)
      if (ofApp?.size === 0) this.#numbers.delete(endpoint.target.app)
    }
  }
}

/** @throws RangeError when the names are too long for a record */
function storedEndpoint({ app, endpoint }: JobTarget, columns: JobColumns): StoredEndpoint {
  const names = Buffer.concat([Buffer.from(app), Buffer.from(endpoint)])
  if (JobAt.names + names.byteLength + DEATH_ROOM > LONGEST_HEAD) {
    throw new RangeError(
      `the ids of an app and its endpoint take ${names.byteLength} bytes together; 61,000 can be stored`,
    )
  }
  return {
    target: { app, endpoint },
    names,
    appBytes: Buffer.byteLength(app),
    order: new ParkedOrder(columns),
    parkedBytes: 0,
    entries: 0,
  }
}
