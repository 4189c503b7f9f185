/** A dispatcher in a process of its own: does what its parent's messages say, emits on and on, and reports what is persisted. */
import { startDispatcher } from '../../src/dispatcher/create-dispatcher.js'
import type { AppInput, ConfigInput, Dispatcher } from '../../src/index.js'
import type { Order, Report, Run } from './durable-processes.js'

const EMIT_EVERY_MS = 10

const { config, load, takeOverEveryMs }: Run = JSON.parse(process.argv[2] ?? '')

process.on('disconnect', () => process.exit())
const dispatcher = await startDispatcher(
  config as ConfigInput,
  takeOverEveryMs === undefined ? {} : { takeOverEveryMs },
)
process.on('message', (order: Order) => {
  void carryOut(dispatcher, order).then(report)
})
report({ kind: 'ready', recovery: dispatcher.recovery })
if (load !== null) emitOnAndOn(dispatcher, load)

function report(message: Report): void {
  const isLast = message.kind === 'closed'
  process.send?.(message, () => {
    if (isLast) process.disconnect()
  })
}

async function carryOut(on: Dispatcher, order: Order): Promise<Report> {
  switch (order.kind) {
    case 'set':
      for (const app of order.apps) await on.apps.set(app as AppInput)
      return { kind: 'set' }
    case 'emit':
      for (let index = order.from; index < order.to; index++) {
        if (!on.emit(order.app, eventOf(order.app, index))) throw new Error(`event ${index} was refused`)
      }
      await on.persisted()
      return { kind: 'emitted' }
    case 'stats':
      return { kind: 'stats', stats: on.stats() }
    case 'close':
      return { kind: 'closed', left: await on.close({ timeout: order.timeout }) }
  }
}

function emitOnAndOn(on: Dispatcher, { apps, from, perTurn }: NonNullable<Run['load']>): void {
  let next = from
  setInterval(() => {
    for (let turn = 0; turn < perTurn; turn++, next++) {
      for (const app of apps) if (!on.emit(app, eventOf(app, next))) return
    }
  }, EMIT_EVERY_MS)
  const persist = async (): Promise<void> => {
    for (;;) {
      const upTo = next
      await on.persisted()
      report({ kind: 'persisted', upTo })
      await new Promise(setImmediate)
    }
  }
  void persist()
}

function eventOf(app: string, index: number) {
  return { name: 'channel_occupied', channel: `${app}-${index}` }
}
