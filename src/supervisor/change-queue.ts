import type { Change } from '../shard/messages.js'

/** Changes that go in one message: copying more at once would be felt on the host's event loop. */
const CHANGES_A_PART = 50

interface Part {
  readonly changes: Change[]
  readonly inForce: Promise<void>
}

/** Changes of apps on their way to a shard: those of one turn of the event loop go together, but no more than a part at a turn. */
export class ChangeQueue {
  /** What takes changes and has not been sent; null: there is none. */
  #open: Part | null = null
  /** When the next part may be sent. */
  #turn: Promise<void> = Promise.resolve()
  readonly #send: (changes: readonly Change[]) => Promise<void>

  /** @param send resolves when the changes are in force */
  constructor(send: (changes: readonly Change[]) => Promise<void>) {
    this.#send = send
  }

  /** @returns resolves when the change is in force, and rejects as `send` does */
  add(change: Change): Promise<void> {
    const part = this.#open ?? this.#begin()
    part.changes.push(change)
    this.#open = part.changes.length < CHANGES_A_PART ? part : null
    return part.inForce
  }

  #begin(): Part {
    const changes: Change[] = []
    const inForce = this.#turn.then(() => {
      if (this.#open?.changes === changes) this.#open = null
      return this.#send(changes)
    })
    this.#turn = this.#turn.then(() => new Promise((resolve) => setImmediate(resolve)))
    return { changes, inForce }
  }
}
