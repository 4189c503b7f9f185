/** What tells one version of an app's record from another. */
export interface AppVersion {
  readonly id: string
  /** Changes whenever the record does. Compared, never interpreted. */
  readonly version: string
}

/** An app as its source holds it. */
export interface AppRow extends AppVersion {
  /** In any of the forms that `readApp` takes for a record of a database. */
  readonly record: unknown
}

/** Called with the ids of changed apps; null when any of them may have changed. */
export type OnChange = (ids: readonly string[] | null) => void

/**
 * Where the apps live. Nothing is ever written. Every method that asks rejects with an `AppManagerError` when there is no answer within
 * the source's own time limit, and none of them tries again by itself.
 */
export interface AppSource {
  /** All apps, in pages. An app that is there all the time is in exactly one of them. */
  pages(): AsyncIterable<readonly AppRow[]>
  /** The versions of all apps, in pages: the same as `pages`, cheaper where the source can. */
  versions(): AsyncIterable<readonly AppVersion[]>
  /** Text that changes when any app does; null where the source cannot tell more cheaply than by `versions`. */
  fingerprint(): Promise<string | null>
  /** Those of the apps that are there. */
  find(ids: readonly string[]): Promise<readonly AppRow[]>
  /** Reports changes until `close`, where the source can. After a gap it reports null. */
  watch(onChange: OnChange): void
  /** Ends every connection. What is still being asked rejects. */
  close(): Promise<void>
}
