import type { Allocator } from '../../../src/arena/allocator.js'

/** Bytes of the slabs in use. */
export function slabBytesInUse({ sizes, usedByClass }: Allocator): number {
  return sizes.reduce((sum, size, sizeClass) => sum + size * (usedByClass[sizeClass] ?? 0), 0)
}
