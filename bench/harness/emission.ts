import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import type { Contender } from '../contender.js'
import { received } from './received.js'

const CHANNELS = Array.from({ length: 100 }, (_, index) => received(`presence-room-${index}`))
const USER = 'user-1234'
/** Events between two turns of the event loop when they are emitted as fast as accepted. */
const BURST = 500

/** Which app an event goes to, by the event's number. */
export type AppOf = (number: number) => number

/** Each app in turn: the order that makes the smallest batches. */
export function inTurn(apps: number): AppOf {
  return (number) => number % apps
}

/** Each app as likely as any other, whatever came before (the finaliser of MurmurHash3): what customers do that know nothing of each other. */
export function atRandom(apps: number): AppOf {
  return (number) => {
    let mixed = Math.imul(number ^ (number >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return ((mixed ^ (mixed >>> 16)) >>> 0) % apps
  }
}

/** So many events of an app, then so many of the next: batches are as large as with one app. */
export function inARow(apps: number, events: number): AppOf {
  return (number) => Math.floor(number / events) % apps
}

export function emitOne(contender: Pick<Contender, 'emit'>, number: number, appOf: AppOf): boolean {
  return contender.emit(appOf(number), CHANNELS[number % CHANNELS.length] ?? '', USER)
}

/** Emits as fast as accepted and waits until all is acknowledged. */
export async function flood(contender: Contender, appOf: AppOf, events: number): Promise<void> {
  for (let sent = 0; sent < events; ) {
    const until = Math.min(sent + BURST, events)
    while (sent < until && emitOne(contender, sent, appOf)) sent += 1
    await (sent === until ? nextTurn() : wait(1))
  }
  await contender.settle()
}
