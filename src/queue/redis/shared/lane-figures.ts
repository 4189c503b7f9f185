import type { QueueFigures } from '../../handed-over/queue.js'
import { listOf } from '../answers.js'
import type { LaneKeys } from '../keys.js'
import type { RedisLink } from '../link.js'
import { FIGURES } from './scripts.js'

interface LaneFigures {
  readonly jobs: number
  readonly bytes: number
  readonly letters: number
  readonly letterBytes: number
}

const NOTHING: LaneFigures = { jobs: 0, bytes: 0, letters: 0, letterBytes: 0 }

/** What is in the lanes that processes share, as it was counted last. Bytes are those that Redis takes for it. */
export class SharedFigures {
  /** Letters that went by age or to make room for others. */
  evicted = 0
  /** Entries that could not be read. */
  skipped = 0
  readonly #link: RedisLink
  readonly #lanes: readonly LaneKeys[]
  #figures: readonly LaneFigures[]

  constructor(link: RedisLink, lanes: readonly LaneKeys[]) {
    this.#link = link
    this.#lanes = lanes
    this.#figures = lanes.map(() => NOTHING)
  }

  /** @throws StoreDownError */
  async count(): Promise<void> {
    this.#figures = await Promise.all(
      this.#lanes.map(async (keys) => {
        const counted = listOf(await this.#link.run(FIGURES, keys, [])).map(Number)
        const [jobs = 0, bytes = 0, letters = 0, letterBytes = 0] = counted
        return { jobs, bytes: jobs === 0 ? 0 : bytes, letters, letterBytes: letters === 0 ? 0 : letterBytes }
      }),
    )
  }

  of(lane: number): LaneFigures {
    return this.#figures[lane] ?? NOTHING
  }

  get all(): QueueFigures {
    const sum = (name: keyof LaneFigures): number => this.#figures.reduce((total, each) => total + each[name], 0)
    const [bytes, letterBytes] = [sum('bytes'), sum('letterBytes')]
    const { evicted: lettersEvicted, skipped } = this
    return {
      jobs: sum('jobs'),
      bytes,
      letters: sum('letters'),
      letterBytes,
      storedBytes: bytes + letterBytes,
      lettersEvicted,
      skipped,
    }
  }
}
