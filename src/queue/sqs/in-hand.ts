import type { JobHead, JobState, JobTarget } from '../job.js'
import type { SqsJob } from './sqs-job.js'

/** Jobs whose attempts are remembered after they were given back. */
const MOST_REMEMBERED = 10_000

/** The messages that this process has received and that are hidden from others for it, and what it remembers of some it gave back. */
export class InHand {
  readonly #byMessage = new Map<string, SqsJob>()
  readonly #byJob = new Map<string, SqsJob>()
  readonly #remembered = new Map<string, JobState>()

  get size(): number {
    return this.#byMessage.size
  }

  find(messageId: string): SqsJob | undefined {
    return this.#byMessage.get(messageId)
  }

  /** The message in hand that holds the same batch. */
  twinOf({ head }: SqsJob): SqsJob | undefined {
    return this.#byJob.get(keyOf(head))
  }

  add(job: SqsJob): void {
    const state = this.#remembered.get(keyOf(job.head))
    if (state !== undefined) job.head = { ...job.head, ...state }
    this.#byMessage.set(job.messageId, job)
    this.#byJob.set(keyOf(job.head), job)
  }

  /** The job has ended, or its message is not this process's any more. */
  remove(job: SqsJob): void {
    this.#byMessage.delete(job.messageId)
    if (this.#byJob.get(keyOf(job.head)) === job) this.#byJob.delete(keyOf(job.head))
    this.#remembered.delete(keyOf(job.head))
  }

  /** The job was given back: if it comes here again, it goes on where it was. */
  leave(job: SqsJob): void {
    this.remove(job)
    const { attempts, status, spentMs, nextAt } = job.head
    if (attempts === 0) return
    this.#remembered.set(keyOf(job.head), { attempts, status, spentMs, nextAt })
    if (this.#remembered.size <= MOST_REMEMBERED) return
    for (const oldest of this.#remembered.keys()) {
      this.#remembered.delete(oldest)
      return
    }
  }

  all(): IterableIterator<SqsJob> {
    return this.#byMessage.values()
  }

  of(isMeant: (target: JobTarget) => boolean): readonly SqsJob[] {
    return [...this.#byMessage.values()].filter(({ head }) => isMeant(head.target))
  }
}

function keyOf({ id, life }: JobHead): string {
  return `${life}:${Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('latin1')}`
}
