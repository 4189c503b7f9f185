import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import type { Contender, ContenderOptions } from './contender.js'
import { mainThread } from './peers/main-thread.js'
import { postMessage } from './peers/post-message.js'
import { ReceiverProcess } from './receiver-process.js'
import { signpost } from './signpost.js'
import { mainThreadNs } from './thread-time.js'

export type Start = (options: ContenderOptions) => Contender | Promise<Contender>

export const CONTENDERS: readonly Start[] = [signpost, postMessage, mainThread]

const SECRET = 'a secret of the benchmark'
const BURST = 500
const CHANNELS = Array.from({ length: 100 }, (_, index) => `presence-room-${index}`)

export interface Result {
  readonly contender: string
  readonly value: number
}

/** Runs one contender against a fresh receiver; fails when an event is missing or a signature is wrong. */
async function against(
  start: Start,
  apps: number,
  measure: (contender: Contender) => Promise<[events: number, value: number]>,
): Promise<Result> {
  const receiver = await ReceiverProcess.start(SECRET)
  const contender = await start({ url: receiver.url, secret: SECRET, apps })
  try {
    for (let app = 0; app < apps; app++) contender.emit(app, 'presence-warm-up', 'user')
    await contender.settle()
    const [events, value] = await measure(contender)
    const counts = await receiver.counts()
    if (counts.events !== events + apps || counts.invalid > 0) {
      throw new Error(
        `${contender.name}: ${counts.events} of ${events + apps} events came, ${counts.invalid} signatures were wrong`,
      )
    }
    return { contender: contender.name, value }
  } finally {
    await contender.close()
    await receiver.stop()
  }
}

/** Events a second, emitted as fast as they are taken, signed, delivered and acknowledged. */
export function throughput(start: Start, apps: number, events: number): Promise<Result> {
  return against(start, apps, async (contender) => {
    const startedMs = performance.now()
    for (let sent = 0; sent < events; ) {
      const until = Math.min(sent + BURST, events)
      while (sent < until && contender.emit(sent % apps, CHANNELS[sent % CHANNELS.length] ?? '', 'user-1234')) sent += 1
      await (sent === until ? nextTurn() : wait(1))
    }
    await contender.settle()
    return [events, events / ((performance.now() - startedMs) / 1000)]
  })
}

/** CPU time of the main thread an event, wake-ups included, in ns, at a steady rate; the pacing alone is deducted. */
export async function handOver(start: Start, apps: number, perSecond: number, seconds: number): Promise<Result> {
  const idle: Contender = {
    name: 'nothing',
    emit: () => true,
    settle: async () => undefined,
    close: async () => undefined,
  }
  const baseNs = await pacedNs(idle, apps, perSecond, seconds)
  return against(start, apps, async (contender) => {
    const spentNs = await pacedNs(contender, apps, perSecond, seconds)
    await contender.settle()
    const events = perSecond * seconds
    return [events, (spentNs - baseNs) / events]
  })
}

async function pacedNs(contender: Contender, apps: number, perSecond: number, seconds: number): Promise<number> {
  const events = perSecond * seconds
  const beforeNs = mainThreadNs()
  const startedMs = performance.now()
  for (let sent = 0; sent < events; ) {
    const due = Math.min(Math.floor(((performance.now() - startedMs) / 1000) * perSecond), events)
    for (; sent < due; sent++) {
      if (!contender.emit(sent % apps, CHANNELS[sent % CHANNELS.length] ?? '', 'user-1234')) break
    }
    await wait(2)
  }
  return mainThreadNs() - beforeNs
}
