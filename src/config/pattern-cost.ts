/**
 * The most steps that a pattern may take over one channel, as instructions × characters: RE2 looks at each instruction for
 * each character at worst. A step takes some 20 to 50 ns, and a shard does nothing else meanwhile.
 */
const MOST_STEPS = 100_000

/** The longest channel that every pattern is tried on: Pusher's are at most 164 characters, Sockudo's 200 unless configured. */
const CHANNEL_CHARACTERS = 250

const MOST_INSTRUCTIONS = MOST_STEPS / CHANNEL_CHARACTERS

/** What is expected in place of a pattern that compiles to so many instructions; null: it may be used. */
export function costProblem(instructions: number): string | null {
  if (instructions <= MOST_INSTRUCTIONS) return null
  return `a regular expression of at most ${MOST_INSTRUCTIONS} instructions; this one compiles to ${instructions}, because repetitions multiply what they repeat`
}

/** Whether a pattern of this many instructions may be tried on a channel of this length. */
export function isAffordable(instructions: number, characters: number): boolean {
  return instructions * characters <= MOST_STEPS
}
