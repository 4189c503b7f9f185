/**
 * Who owns a slot. Each claimant puts a claim into the root (a socket of its own, listening before it gets its name), and only then looks
 * at the others' claims. It owns the slot once no other claim is alive; from then on its claim is the lock.
 *
 * Two never own a slot at once: of two claims one was there first, and whoever put up the second one looked after that, and saw the first
 * one alive. Nothing has to be created exclusively, so nothing that a dead claimant leaves behind can block a slot: its socket
 * refuses, and never listens again, since no name is used twice. So anybody may delete a dead claim at any time.
 *
 * Rivals that see each other do not both give way: the lowest token stays and waits for the others to go.
 */

/** Of another kernel's claim the socket says nothing. Seen without a new heartbeat for so long, it is dead. */
export const FOREIGN_CLAIM_LASTS_MS = 30_000

/** A rival that should give way but is stopped may hold up a claimant for so long. */
export const RIVAL_PATIENCE_MS = 1_000

/** `unclear`: neither a listener nor its absence was shown, as when this user may not connect. */
export type SocketAnswer = 'listening' | 'refused' | 'missing' | 'unclear'

/**
 * What speaks for a claim. On the same kernel the socket alone decides, also among containers with process ids and host names of their
 * own, and also when its owner is stopped: the kernel answers for it. A process id never decides anything.
 */
export type Evidence =
  | { readonly kernel: 'same'; readonly answer: SocketAnswer }
  | {
      readonly kernel: 'other'
      /** How long this process has seen the same heartbeat, by its own monotonic clock. */
      readonly unchangedForMs: number
    }

export function isAlive(evidence: Evidence): boolean {
  if (evidence.kernel === 'other') return evidence.unchangedForMs < FOREIGN_CLAIM_LASTS_MS
  return evidence.answer === 'listening' || evidence.answer === 'unclear'
}

/** Another claim on the same slot. */
export interface Rival {
  readonly token: string
  readonly alive: boolean
  /** It has a heartbeat, which only owners have. */
  readonly owns: boolean
}

export type Verdict = 'own' | 'wait' | 'withdraw'

/**
 * @param isUp whether the own claim was in the same listing as the rivals: another kernel deletes it if it takes it for dead
 * @param rivals as found after the own claim was put up
 */
export function contest(token: string, isUp: boolean, rivals: readonly Rival[], waitedMs: number): Verdict {
  if (!isUp) return 'withdraw'
  const alive = rivals.filter((rival) => rival.alive)
  if (alive.length === 0) return 'own'
  if (waitedMs >= RIVAL_PATIENCE_MS) return 'withdraw'
  return alive.some((rival) => rival.owns || rival.token < token) ? 'withdraw' : 'wait'
}
