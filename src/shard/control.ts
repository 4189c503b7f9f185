import type { Loop } from '../gather/loop.js'
import type { Markers } from '../gather/markers.js'
import type { BehindEndpoint, StoredLetter } from '../storage/messages.js'
import type {
  Change,
  DeadLetter,
  DeadLetterQuery,
  DeadLetterSelection,
  ListedDeadLetter,
  ShardControl,
} from './messages.js'
import type { Shard } from './shard.js'

/** The shard's side of the control plane. */
export class Control implements ShardControl {
  readonly #shard: Shard
  readonly #markers: Markers
  readonly #loop: Loop
  readonly #end: () => Promise<void>

  constructor(shard: Shard, markers: Markers, loop: Loop, end: () => Promise<void>) {
    this.#shard = shard
    this.#markers = markers
    this.#loop = loop
    this.#end = end
  }

  /** The changes that a former thread had not reached. Nobody need ask for them again. */
  expect(changes: readonly Change[]): void {
    for (const change of changes) this.#change(change, () => undefined)
  }

  async configure(changes: readonly Change[]): Promise<void> {
    await Promise.all(changes.map((change) => new Promise<void>((resolve) => this.#change(change, resolve))))
  }

  flush(marker: number): Promise<void> {
    return new Promise((resolve) => {
      const flush = (): boolean => {
        this.#shard.flush(resolve)
        return true
      }
      this.#markers.expect(marker, flush, flush)
    })
  }

  persist(marker: number): Promise<void> {
    return new Promise((resolve) => {
      const persist = (): boolean => {
        this.#shard.persist(resolve)
        return true
      }
      this.#markers.expect(marker, persist, persist)
    })
  }

  /** The events before the marker may be stuck: only an endpoint whose placing is among them waits for it. */
  behind(marker: number, endpoints: readonly BehindEndpoint[], nextSeq: number): Promise<void> {
    this.#shard.deliver.durable?.sealFrom(nextSeq)
    const later = this.#shard.behind(endpoints)
    this.#loop.wake()
    return new Promise((resolve) => {
      const behind = (): boolean => {
        this.#shard.behind(later)
        resolve()
        return true
      }
      this.#markers.expect(marker, behind, behind)
      if (later.length === 0) resolve()
    })
  }

  async stop(): Promise<void> {
    await this.#end()
  }

  storeDeadLetters(): Promise<boolean> {
    const { durable } = this.#shard.deliver
    if (durable === null) return Promise.resolve(false)
    return new Promise((resolve) => {
      durable.custodian.whenLettersStored(resolve)
      this.#loop.wake()
    })
  }

  async listDeadLetters(query: DeadLetterQuery): Promise<ListedDeadLetter[]> {
    this.#shard.letStoredGo()
    return this.#shard.deliver.deadLetters.list(query)
  }

  async getDeadLetter(id: string): Promise<DeadLetter | null> {
    this.#shard.letStoredGo()
    return this.#shard.deliver.deadLetters.get(id)
  }

  async replayDeadLetters(selection: DeadLetterSelection, split: boolean): Promise<number> {
    this.#shard.letStoredGo()
    const count = split ? this.#shard.replaySplit(selection) : this.#shard.replay(selection)
    this.#loop.wake()
    return count
  }

  async purgeDeadLetters(selection: DeadLetterSelection): Promise<number> {
    this.#shard.letStoredGo()
    const count = this.#shard.deliver.deadLetters.purge(selection)
    this.#loop.wake()
    return count
  }

  async splitStoredLetters(letters: readonly StoredLetter[]): Promise<number> {
    const count = this.#shard.splitStored(letters)
    this.#loop.wake()
    return count
  }

  #change({ marker, app }: Change, inForce: () => void): void {
    this.#markers.expect(marker, () => this.#shard.place(app, inForce), inForce)
  }
}
