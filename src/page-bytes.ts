/** The size of an arena's page, which the configuration's limits depend on too. */

/** Room in the largest slab for the longest body, the header and an error text. */
const PAGE_ALLOWANCE_BYTES = 1024

export const MIN_PAGE_BYTES = 65_536

/** Size of a page for bodies of at most `maxBodyBytes`: the next power of two that holds one. */
export function pageBytesFor(maxBodyBytes: number): number {
  let page = MIN_PAGE_BYTES
  while (page < maxBodyBytes + PAGE_ALLOWANCE_BYTES) page *= 2
  return page
}
