import { setTimeout as pause } from 'node:timers/promises'
import type { AppInput, Dispatcher } from '../../src/index.js'
import { appWith } from './dispatcher.js'
import type { Tally } from './tally.js'

/** Apps of one webhook each, which a tally counts. */
export function countedApps(tally: Tally, count: number): AppInput[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `app-${index}`
    return appWith([{ url: tally.url(id), event_types: ['client_event'], concurrency: 1 }], { id })
  })
}

/** Emits events that a tally can tell apart, over all apps in turn. */
export class Load {
  /** `data` of every event that was accepted. */
  readonly accepted = new Set<string>()
  private readonly apps: readonly string[]
  private next = 0

  constructor(
    private readonly dispatcher: Dispatcher,
    apps: readonly AppInput[],
  ) {
    this.apps = apps.map(({ id }) => id)
  }

  /** One event. @returns whether it was accepted */
  emit(): boolean {
    const number = this.next++
    const app = this.apps[number % this.apps.length] ?? ''
    const data = `event-${number}`
    const isAccepted = this.dispatcher.emit(app, { name: 'client_event', channel: app, event: 'client-load', data })
    if (isAccepted) this.accepted.add(data)
    return isAccepted
  }

  /** As many events, at most five a millisecond, which a receiver in the same process can take. */
  async run(events: number): Promise<void> {
    for (let rest = events; rest > 0; rest -= 5) {
      for (let count = Math.min(rest, 5); count > 0; count--) this.emit()
      await pause(1)
    }
  }
}
