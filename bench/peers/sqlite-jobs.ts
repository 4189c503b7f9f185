import { isBuiltin } from 'node:module'
import type { JobHead, JobTarget } from '../../src/queue/job.js'
import type { Backlog, Group, JobStore } from '../../src/queue/job-store.js'

/** As much of `node:sqlite` as is used: Node 20 has neither it nor its types. */
interface Statement {
  run(...values: readonly (string | number | Uint8Array)[]): unknown
  get(...values: readonly (string | number | Uint8Array)[]): Readonly<Record<string, unknown>> | undefined
}
interface Database {
  exec(sql: string): void
  prepare(sql: string): Statement
  close(): void
}
interface SqliteModule {
  readonly DatabaseSync: new (path: string) => Database
}

const NAME = 'node:sqlite'

export const hasSqlite = isBuiltin(NAME)

/**
 * SQLite behind the port that the journal implements: a row per job in WAL mode, one transaction per group, synced at each commit where
 * `isSynced`. Only what a benchmark calls: jobs are appended, read and settled.
 */
export async function openSqliteJobs(file: string, isSynced: boolean): Promise<JobStore> {
  const { DatabaseSync } = (await import(NAME)) as SqliteModule
  const database = new DatabaseSync(file)
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${isSynced ? 'FULL' : 'OFF'};`)
  database.exec(
    'CREATE TABLE jobs (id BLOB PRIMARY KEY, seq INTEGER, app TEXT, endpoint TEXT, head TEXT, state TEXT, body BLOB) WITHOUT ROWID',
  )
  return new SqliteJobs(database)
}

class SqliteJobs implements JobStore {
  readonly #database: Database
  readonly #add: Statement
  readonly #remove: Statement
  readonly #state: Statement
  readonly #body: Statement

  constructor(database: Database) {
    this.#database = database
    this.#add = database.prepare(
      'INSERT OR IGNORE INTO jobs (id, seq, app, endpoint, head, state, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    this.#remove = database.prepare('DELETE FROM jobs WHERE id = ?')
    this.#state = database.prepare('UPDATE jobs SET state = ? WHERE id = ?')
    this.#body = database.prepare('SELECT body FROM jobs WHERE id = ?')
  }

  async commit({ jobs, changes }: Group): Promise<void> {
    this.#database.exec('BEGIN')
    for (const { head, body } of jobs) {
      const { id, seq, target, ...others } = head
      this.#add.run(id, seq, target.app, target.endpoint, JSON.stringify(others), '', body)
    }
    for (const change of changes) {
      if (change.kind === 'done') this.#remove.run(change.id)
      else if (change.kind === 'state') this.#state.run(JSON.stringify(change.state), change.id)
    }
    this.#database.exec('COMMIT')
  }

  async probe(): Promise<void> {
    await this.commit({ jobs: [], changes: [] })
  }

  hasRoomAgain(): boolean {
    return true
  }

  claim(id: Uint8Array): boolean {
    return this.#body.get(id) !== undefined
  }

  backlogs(): Iterable<Backlog> {
    throw new Error('not part of the benchmark')
  }

  take(_target: JobTarget, _limit: number): Promise<readonly JobHead[]> {
    throw new Error('not part of the benchmark')
  }

  async read(id: Uint8Array, into: Uint8Array): Promise<'read' | 'damaged' | 'gone'> {
    const body = this.#body.get(id)?.body
    if (!(body instanceof Uint8Array)) return 'gone'
    into.set(body)
    return 'read'
  }

  async close(): Promise<void> {
    this.#database.close()
  }
}
