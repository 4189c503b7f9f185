import { setTimeout as wait } from 'node:timers/promises'
import { ChatUser, type ClientApp } from './clients.js'

const USERS_PER_APP = 8
const ROOMS = 3
const MESSAGES = 8
const STEP_MS = 20

/** Users of every app who come and go. */
export class Chat {
  private readonly everybody: readonly (readonly ChatUser[])[]

  constructor(apps: readonly ClientApp[], port: number) {
    this.everybody = apps.map((app) =>
      Array.from({ length: USERS_PER_APP }, (_, index) => new ChatUser(app, port, `user-${index}`)),
    )
  }

  get users(): number {
    return this.everybody.flat().length
  }

  /** One user of each app visits once. */
  async open(): Promise<void> {
    await Promise.all(this.everybody.flatMap((users) => users.slice(0, 1).map((user) => visit(user, 0, 0))))
  }

  /** Everybody comes and goes until the time is up, then disconnects without taking leave. */
  async run(durationMs: number): Promise<void> {
    const endMs = performance.now() + durationMs
    const live = async (user: ChatUser, index: number): Promise<void> => {
      for (let round = 1; performance.now() < endMs; round++) await visit(user, index, round)
      await user.join('presence-chat-farewell')
      user.disconnect()
    }
    await Promise.all(this.everybody.flatMap((users) => users.map(live)))
  }
}

/** Joins channels of each kind, talks and leaves. */
async function visit(user: ChatUser, index: number, round: number): Promise<void> {
  await user.join(`presence-chat-${(index + round) % ROOMS}`)
  await user.join(`private-desk-${index}`)
  await user.join(`cache-news-${round % ROOMS}`)
  await user.join(`room-${index}-${round}`)
  for (let message = 0; message < MESSAGES; message++) {
    user.talk(`message ${message} of round ${round}`)
    await wait(STEP_MS)
  }
  user.leave()
  await wait(STEP_MS)
}
