import { setImmediate } from 'node:timers/promises'

/** The longest that apps are worked on without a break, in ms. */
const LONGEST_MS = 3
/** The clock is read once in so many items. */
const BETWEEN_LOOKS = 8

/** Does something with each item, and lets the host's event loop run in between. @param isOver ends it early */
export async function eachInTurns<Item>(
  items: Iterable<Item>,
  visit: (item: Item) => void,
  isOver: () => boolean = () => false,
): Promise<void> {
  let sinceMs = performance.now()
  let count = 0
  for (const item of items) {
    visit(item)
    count += 1
    if (count % BETWEEN_LOOKS !== 0 || performance.now() - sinceMs < LONGEST_MS) continue
    await setImmediate()
    if (isOver()) return
    sinceMs = performance.now()
  }
}
