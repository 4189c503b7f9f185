import * as assert from 'uvu/assert'
import type { JobHead, JobTarget } from '../../src/queue/job.js'
import type { Letter } from '../../src/queue/job-store.js'

/**
 * What a job may be in the store: `absent`, `done` (for good), `live:LIFE:ATTEMPTS`, or `dead:LIFE:ERROR`. Each test gives every state its
 * own number of attempts and every death its own error, so that an old one cannot pass for the newest.
 */
export type Possible = string

type Step = (possible: Possible) => Possible

export const steps = {
  append(life: number, attempts: number): Step {
    return (possible) => (possible === 'absent' ? `live:${life}:${attempts}` : possible)
  },
  state(attempts: number): Step {
    return (possible) => (possible.startsWith('live') ? `live:${lifeOf(possible)}:${attempts}` : possible)
  },
  dead(life: number, error: string): Step {
    return (possible) => {
      return possible.startsWith('live') && lifeOf(possible) <= life ? `dead:${lifeOf(possible)}:${error}` : possible
    }
  },
  replay(): Step {
    return (possible) => (possible.startsWith('dead') ? `live:${lifeOf(possible) + 1}:0` : possible)
  },
  done(): Step {
    return () => 'done'
  },
  evict(): Step {
    return (possible) => (possible.startsWith('dead') ? 'done' : possible)
  },
}

function lifeOf(possible: Possible): number {
  return Number(possible.split(':')[1])
}

/** A job that a test has given to the store, and all that may have become of it. */
export class ModelJob {
  readonly key: string
  #possible = new Set<Possible>(['absent'])
  /** By life; a replay gets one that nobody knows before. */
  readonly #seqs = new Map<number, number>()

  constructor(
    readonly id: Uint8Array,
    readonly target: JobTarget,
    readonly body: Uint8Array,
    readonly firstSeq: number,
  ) {
    this.key = keyOf(id)
    this.#seqs.set(0, firstSeq)
  }

  get possible(): ReadonlySet<Possible> {
    return this.#possible
  }

  /** The one thing that it can be, or null. */
  get certain(): Possible | null {
    const [only] = this.#possible
    return this.#possible.size === 1 ? (only ?? null) : null
  }

  get mayBeDead(): boolean {
    return [...this.#possible].some((possible) => possible.startsWith('dead'))
  }

  get isOver(): boolean {
    return this.certain === 'done'
  }

  /** The step is asked for: it may happen from now on. */
  mayHappen(step: Step): void {
    for (const possible of [...this.#possible]) this.#possible.add(step(possible))
  }

  /** The step has happened. */
  hasHappened(step: Step): void {
    this.#possible = new Set([...this.#possible].map(step))
  }

  /** @throws AssertionError when the store cannot hold it so */
  sawLive(head: JobHead): void {
    this.#saw(`live:${head.life}:${head.attempts}`)
    this.#sawSeq(head)
    assert.equal(head.target, this.target)
    assert.is(head.bodyBytes, this.body.byteLength)
  }

  sawDead({ head, death, body }: Letter): void {
    this.#saw(`dead:${head.life}:${death.error}`)
    assert.equal(head.target, this.target)
    assertSameBytes(body, this.body)
  }

  sawNothing(): void {
    const absent = [...this.#possible].filter((possible) => possible === 'absent' || possible === 'done')
    assert.ok(absent.length > 0, `job ${this.key} is gone, though it may only be ${[...this.#possible].join(', ')}`)
    // It was never stored as far as anybody knows, or it is done: this decides whether it may be stored again.
    this.#possible = new Set([this.#possible.has('done') ? 'done' : 'absent'])
  }

  #saw(seen: Possible): void {
    assert.ok(
      this.#possible.has(seen),
      `job ${this.key} is ${seen}, though it may only be ${[...this.#possible].join(', ')}`,
    )
    this.#possible = new Set([seen])
  }

  #sawSeq({ life, seq }: JobHead): void {
    const known = this.#seqs.get(life)
    if (known !== undefined) assert.is(seq, known)
    else this.#seqs.set(life, seq)
  }
}

export function keyOf(id: Uint8Array): string {
  return Buffer.from(id).toString('hex')
}

export function assertSameBytes(actual: Uint8Array, expected: Uint8Array): void {
  assert.ok(Buffer.from(actual).equals(Buffer.from(expected)), 'the bytes differ')
}
