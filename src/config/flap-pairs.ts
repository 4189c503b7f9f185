/** Event types of which the second undoes the first, if both are of the same channel and, where it says so, user. */
export interface FlapPair {
  readonly leave: string
  readonly return: string
  readonly isPerUser: boolean
}

/** What `webhooks.flap_window_ms` is about. */
export const FLAP_PAIRS: readonly FlapPair[] = [
  { leave: 'channel_vacated', return: 'channel_occupied', isPerUser: false },
  { leave: 'member_removed', return: 'member_added', isPerUser: true },
]
