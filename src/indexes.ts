/** A number that counts one kind of thing: any plain number may become one, but none may stand for another kind. */
type Index<Kind extends string> = number & { readonly indexOf?: Kind }

/** An app, by the index that records carry. */
export type AppIndex = Index<'app'>

/** An endpoint, by the number that stays its own for as long as the dispatcher lives. */
export type EndpointNumber = Index<'endpoint'>

/** Of an event in the ring; wraps around at 2³². */
export type Sequence = Index<'sequence'>
