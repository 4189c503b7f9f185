import type { Loop } from './loop.js'
import type { Markers } from './markers.js'
import type { Change, DeadLetter, DeadLetterQuery, DeadLetterSelection, ShardControl } from './messages.js'
import type { Shard } from './shard.js'

/** The shard's side of the control plane. */
export class Control implements ShardControl {
  constructor(
    private readonly shard: Shard,
    private readonly markers: Markers,
    private readonly loop: Loop,
    private readonly end: () => Promise<void>,
  ) {}

  async configure(changes: readonly Change[]): Promise<void> {
    await Promise.all(
      changes.map(
        ({ marker, app }) =>
          new Promise<void>((resolve) => {
            this.markers.expect(marker, () => {
              const isPlaced = this.shard.place(app)
              if (isPlaced) resolve()
              return isPlaced
            })
          }),
      ),
    )
  }

  flush(marker: number): Promise<void> {
    return new Promise((resolve) => {
      this.markers.expect(marker, () => {
        this.shard.flush(resolve)
        return true
      })
    })
  }

  async stop(): Promise<void> {
    await this.end()
  }

  async listDeadLetters(query: DeadLetterQuery): Promise<DeadLetter[]> {
    return this.shard.deadLetters.list(query)
  }

  async replayDeadLetters(selection: DeadLetterSelection): Promise<number> {
    const count = this.shard.replay(selection)
    this.loop.wake()
    return count
  }

  async purgeDeadLetters(selection: DeadLetterSelection): Promise<number> {
    const count = this.shard.deadLetters.purge(selection)
    this.loop.wake()
    return count
  }
}
