/** A store that was full has room again when this share of what it may hold is free: else it would be full again at once, and so on. */
const FREE_SHARE = 1 / 32

/** @param most what the store may hold, in the unit of `used` */
export function hasRoomAgain(used: number, most: number): boolean {
  return used <= most * (1 - FREE_SHARE)
}
