import type { SourceLimits } from '../../src/apps/answer-limit.js'
import type { AppSource } from '../../src/apps/app-source.js'
import type { ConfigInput } from '../../src/index.js'

export type StoredRecord = Readonly<Record<string, unknown>>

/** A database that a test fills by its own means, as Sockudo would. */
export interface Backend {
  /** Everything but `app_manager`. */
  readonly config: ConfigInput
  /** The same with the database at another port, behind which it is too. */
  configAt(port: number): ConfigInput
  /** Where it listens; 0: it does not. */
  readonly port: number
  readonly driver: 'memory' | 'mysql' | 'pgsql' | 'dynamodb'
  source(limits?: SourceLimits): AppSource
  insert(...records: readonly StoredRecord[]): Promise<void>
  update(id: string, values: StoredRecord): Promise<void>
  remove(id: string): Promise<void>
  /** Removes all apps. */
  clear(): Promise<void>
  /** What the database does by itself a while after many changes. */
  settle(): Promise<void>
  dropTable(): Promise<void>
  createTable(): Promise<void>
  /** Its process; null: there is none, and no table that could be missing. */
  readonly server: { kill(): Promise<void>; start(): Promise<void>; pause(): void; resume(): void } | null
  stop(): Promise<void>
}
