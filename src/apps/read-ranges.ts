import { ALL_IDS, type AppVersion, type Fingerprint, type IdRange } from './app-source.js'

/** So many apps make a range: a statement over them takes some 10 ms, and a change makes as many versions be read. */
const RANGE_APPS = 10_000
/** With so many times more ranges than the apps need, they are made again. */
const MOST_TIMES = 4

/** Apps of a range, as a complete read has met them last. */
export class ReadRange implements IdRange {
  readonly after: string | null
  upTo: string | null
  /** How many there were. */
  apps = 0
  /** Of the versions that they had; 0 where the source has no fingerprints. */
  sum = 0n
  /** The number of the complete read that has last found it as it is. */
  foundIn: number
  /** It is read again, whatever its fingerprint says. */
  isStale = false

  constructor({ after, upTo }: IdRange, read: number) {
    this.after = after
    this.upTo = upTo
    this.foundIn = read
  }

  isSame({ apps, sum }: Fingerprint): boolean {
    return !this.isStale && apps === this.apps && sum === this.sum
  }
}

/** Cuts what is read of a range into ranges of their own: fingerprints are of what was read, so that no change can slip in between. */
export class RangeCutter {
  readonly #within: IdRange
  readonly #read: number
  readonly #hasFingerprints: boolean
  readonly #cut: ReadRange[] = []
  #current: ReadRange

  /** @param read the number of the complete read */
  constructor(within: IdRange, read: number, hasFingerprints: boolean) {
    this.#within = within
    this.#read = read
    this.#hasFingerprints = hasFingerprints
    this.#current = new ReadRange(within, read)
  }

  /** The range of what is read next. */
  get current(): ReadRange {
    return this.#current
  }

  /** Adds an app that was read to the current range. */
  add({ version }: AppVersion): void {
    this.#current.apps += 1
    if (this.#hasFingerprints) this.#current.sum += BigInt(version)
  }

  /** A page ends, and perhaps the current range with it. @param last its last id */
  endPage(last: string): void {
    if (!this.#hasFingerprints || this.#current.apps < RANGE_APPS) return
    this.#current.upTo = last
    this.#cut.push(this.#current)
    this.#current = new ReadRange({ after: last, upTo: this.#within.upTo }, this.#read)
  }

  /** @returns the ranges, which take the place of the one that was read */
  end(): readonly ReadRange[] {
    return [...this.#cut, this.#current]
  }
}

/** After many deletions there are too many ranges for the apps: one that is read again as a whole takes their place. */
export function withoutRemnants(ranges: readonly ReadRange[], read: number): readonly ReadRange[] {
  let apps = 0
  for (const range of ranges) apps += range.apps
  if (ranges.length <= MOST_TIMES * Math.ceil(apps / RANGE_APPS + 1)) return ranges
  return [staleRange(read)]
}

/** All ids, nothing of which has been read. */
export function staleRange(read: number): ReadRange {
  const range = new ReadRange(ALL_IDS, read)
  range.isStale = true
  return range
}
