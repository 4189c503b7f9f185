import { compilePattern } from '../config/channel-pattern/compile.js'
import { isAffordable } from '../config/pattern-cost.js'

/** How many results are kept at least, of the channels asked about last; at most twice as many. */
const KEPT = 64

/**
 * Whether a pattern is found in a channel. Results are remembered, because events come for the same channels again and again. A
 * channel that is too long for the pattern does not match: it would cost the shard's other apps too much time.
 */
export function patternFilter(source: string): (channel: string) => boolean {
  const pattern = compilePattern(source)
  const instructions = pattern.programSize()
  const results = new RecentResults()
  return (channel) => {
    const known = results.get(channel)
    if (known !== undefined) return known
    const matches = isAffordable(instructions, channel.length) && pattern.matcher(channel).find()
    results.set(channel, matches)
    return matches
  }
}

/** The results that were asked for last, in two generations: what the older one has and is asked for moves to the younger one. */
class RecentResults {
  #young = new Map<string, boolean>()
  #old: ReadonlyMap<string, boolean> = new Map()

  get(channel: string): boolean | undefined {
    const young = this.#young.get(channel)
    if (young !== undefined) return young
    const old = this.#old.get(channel)
    if (old !== undefined) this.set(channel, old)
    return old
  }

  set(channel: string, matches: boolean): void {
    if (this.#young.size >= KEPT) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(channel, matches)
  }
}
