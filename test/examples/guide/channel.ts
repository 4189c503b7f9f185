import type { AppHandle } from 'signpost'

/** A presence channel of your server. It emits when a channel or a user comes and goes. */
export class PresenceChannel {
  readonly #userBySocket = new Map<string, string>()

  constructor(
    readonly app: AppHandle,
    readonly name: string,
  ) {}

  join(socketId: string, userId: string): void {
    if (this.#userBySocket.size === 0) this.app.channelOccupied(this.name)
    if (!this.#has(userId)) this.app.memberAdded(this.name, userId)
    this.#userBySocket.set(socketId, userId)
  }

  leave(socketId: string): void {
    const userId = this.#userBySocket.get(socketId)
    if (userId === undefined) return
    this.#userBySocket.delete(socketId)
    if (!this.#has(userId)) this.app.memberRemoved(this.name, userId)
    if (this.#userBySocket.size === 0) this.app.channelVacated(this.name)
  }

  #has(userId: string): boolean {
    return [...this.#userBySocket.values()].includes(userId)
  }
}
