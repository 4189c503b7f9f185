import type { AppConfig } from '../config/model.js'

/** What tells one version of an app's record from another. */
export interface AppVersion {
  readonly id: string
  /** Changes whenever the record does. Compared, never interpreted, save by sources that have fingerprints. */
  readonly version: string
}

/** An app as its source holds it. */
export type AppRow = AppVersion &
  (
    | {
        /** In any of the forms that `readApp` takes for a record of a database. */
        readonly record: unknown
      }
    | {
        /** Where the source has it as it is to be in force. */
        readonly app: AppConfig
      }
  )

/** Apps whose ids lie between two others, in the source's own order. */
export interface IdRange {
  /** The id before the first one's; null: there is none. */
  readonly after: string | null
  /** The last one's id, or one before which it stood; null: there is none after it. */
  readonly upTo: string | null
}

export const ALL_IDS: IdRange = { after: null, upTo: null }

/** What changes when any app of a range does: the versions are whole numbers then, in decimal digits. */
export interface Fingerprint {
  readonly apps: number
  /** Of their versions. */
  readonly sum: bigint
}

/** Called with the ids of changed apps; null when any of them may have changed. */
export type OnChange = (ids: readonly string[] | null) => void

/**
 * Where the apps live. Nothing is ever written. Every method that asks rejects with an `AppManagerError` when there is no answer within
 * the source's own time limit, and none of them tries again by itself.
 */
export interface AppSource {
  /** All apps, in pages, in the order of their ids where there are fingerprints. An app that is there all the time is in exactly one of them. */
  pages(): AsyncIterable<readonly AppRow[]>
  /** The versions of the apps of a range, as `pages` has them, cheaper where the source can. Without fingerprints all are asked for. */
  versions(range: IdRange): AsyncIterable<readonly AppVersion[]>
  /** The fingerprint of a range; null where the source cannot tell it more cheaply than by `versions`. */
  readonly fingerprint: ((range: IdRange) => Promise<Fingerprint>) | null
  /** Those of the apps that are there. */
  find(ids: readonly string[]): Promise<readonly AppRow[]>
  /** Reports changes until `close`, where the source can. After a gap it reports null. */
  watch(onChange: OnChange): void
  /** Ends every connection. What is still being asked rejects. */
  close(): Promise<void>
}
