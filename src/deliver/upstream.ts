/** What deliver reports to those who hand it batches. */
export interface Upstream {
  /** The endpoint's batches take so many bytes of the arena more, or fewer. */
  held(endpoint: number, bytes: number): void
  /** As `held`, of a batch that has become several: that may be more than the endpoint's share. */
  grew(endpoint: number, bytes: number): void
  /** The endpoint's courier has been called: there may be room for another batch, or nothing left. */
  called(endpoint: number, nowMs: number): void
  /** A dead letter of the endpoint is gone for good: there may be nothing left. */
  discarded(endpoint: number): void
}
