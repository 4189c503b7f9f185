/**
 * When a batch of an endpoint would leave if it were sealed now.
 *
 *     now    at once
 *     soon   behind others, which leave as fast as the receiver takes them
 *     late   nobody knows: the receiver fails, or is not to be asked yet
 */
export type Departure = 'now' | 'soon' | 'late'
