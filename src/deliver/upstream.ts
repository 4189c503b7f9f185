import type { EndpointNumber } from '../indexes.js'
/** What deliver reports to those who hand it batches. */
export interface Upstream {
  /** The endpoint's batches take so many bytes of the arena more, or fewer. */
  held(endpoint: EndpointNumber, bytes: number): void
  /** As `held`, of a batch that has become several: that may be more than the endpoint's share. */
  grew(endpoint: EndpointNumber, bytes: number): void
  /** The endpoint's courier has been called: there may be room for another batch, or nothing left. */
  called(endpoint: EndpointNumber, nowMs: number): void
  /** A dead letter of the endpoint is gone for good: there may be nothing left. */
  discarded(endpoint: EndpointNumber): void
}
