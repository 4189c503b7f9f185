import type { Sql } from 'postgres'
import type { OnChange } from './app-source.js'

/** The channel on which the trigger of the guide reports the ids of changed apps. */
export const CHANNEL = 'signpost_apps'

const RETRY_MS = 5000

/**
 * Listens on a connection of its own. The driver listens again when the connection is lost; what was reported meanwhile is lost, so that a
 * gap is reported as null.
 */
export class PgsqlListener {
  readonly #connect: () => Sql
  readonly #onChange: OnChange
  #sql: Sql | null = null
  #timer: NodeJS.Timeout | null = null
  #isClosed = false

  constructor(connect: () => Sql, onChange: OnChange) {
    this.#connect = connect
    this.#onChange = onChange
    void this.#listen()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#sql?.end({ timeout: 0 })
  }

  async #listen(): Promise<void> {
    try {
      this.#sql = this.#connect()
      await this.#sql.listen(
        CHANNEL,
        (id) => this.#report(id === '' ? null : [id]),
        () => this.#report(null),
      )
    } catch {
      // Polling goes on and reports what is wrong with the database.
      await this.#sql?.end({ timeout: 0 })
      if (!this.#isClosed) this.#timer = setTimeout(() => void this.#listen(), RETRY_MS)
    }
  }

  #report(ids: readonly string[] | null): void {
    if (!this.#isClosed) this.#onChange(ids)
  }
}
