/**
 * The second act's server: a dispatcher with the disk queue that emits numbered events, in a process that may be killed at any
 * time. Its argument is `DurableServerSettings` as JSON; it ends by itself after the message `finish`.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { createDispatcher, type Dispatcher } from '../../src/index.js'
import { exampleApps } from './apps.js'
import { emitNumbered } from './numbered-load.js'

export interface DurableServerSettings {
  readonly receiverUrl: string
  /** The folder of the queue. */
  readonly path: string
  /** The number of its first event. */
  readonly from: number
}

export type DurableServerMessage =
  | { readonly kind: 'started'; readonly batches: number; readonly events: number }
  /** The first delivery was acknowledged. */
  | { readonly kind: 'delivering' }
  /** Numbers below `confirmed` are stored, delivered or both: `persisted()` said so. */
  | { readonly kind: 'progress'; readonly next: number; readonly confirmed: number; readonly delivered: number }
  /** `undelivered` in events, `parked` in batches that the next process would deliver. */
  | { readonly kind: 'finished'; readonly undelivered: number; readonly parked: number; readonly failed: number }

const EVENTS_PER_TICK = 20
const TICK_MS = 10
const CONFIRM_EVERY_MS = 100

const { receiverUrl, path, from } = JSON.parse(process.argv[2] ?? '{}') as DurableServerSettings
let isFinishing = false
process.on('message', () => {
  isFinishing = true
})
process.on('disconnect', () => process.exit())

const dispatcher = await createDispatcher({
  apps: exampleApps(receiverUrl),
  dispatcher: { shards: 1 },
  queue: { driver: 'disk', disk: { path } },
})
dispatcher.once('delivered', () => send({ kind: 'delivering' }))
const { jobs: batches, events } = dispatcher.recovery
send({ kind: 'started', batches, events })

let next = from
let confirmed = from
await Promise.all([emitUntilFinish(), confirmUntilFinish()])
await dispatcher.flush()
await confirm()
const { failed } = dispatcher.stats()
const { events: undelivered, stored: parked = 0 } = await dispatcher.close()
send({ kind: 'finished', undelivered, parked, failed }, () => process.disconnect())

/** A number that was refused is emitted again, so that all below `next` were accepted. */
async function emitUntilFinish(): Promise<void> {
  while (!isFinishing) {
    for (let count = 0; count < EVENTS_PER_TICK && emitNumbered(dispatcher, next); count++) next += 1
    await pause(TICK_MS)
  }
}

async function confirmUntilFinish(): Promise<void> {
  while (!isFinishing) {
    await confirm()
    await pause(CONFIRM_EVERY_MS)
  }
}

async function confirm(): Promise<void> {
  const upTo = next
  await dispatcher.persisted()
  confirmed = upTo
  send({ kind: 'progress', next, confirmed, delivered: deliveredBy(dispatcher) })
}

function deliveredBy(one: Dispatcher): number {
  return one.stats().delivered
}

function send(message: DurableServerMessage, sent: () => void = () => undefined): void {
  process.send?.(message, sent)
}
