import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import type { Contender, ContenderOptions } from './contender.js'
import { mainThread } from './peers/main-thread.js'
import { postMessage } from './peers/post-message.js'
import { ReceiverProcess } from './receiver-process.js'
import { signpost } from './signpost.js'
import { allThreadsNs, mainThreadNs } from './thread-time.js'

export type Start = (options: ContenderOptions) => Contender | Promise<Contender>

export const CONTENDERS: readonly Start[] = [signpost, postMessage, mainThread]

const SECRET = 'a secret of the benchmark'
const BURST = 500
/** The code of a thread that has just started is slow, and its connections are not yet made. */
const WARM_UP_EVENTS = 100_000
const PACE_MS = 2
const CHANNELS = Array.from({ length: 100 }, (_, index) => `presence-room-${index}`)

/** Figures by what they are and their unit. */
export type Figures = Readonly<Record<string, number>>

export interface Result {
  readonly contender: string
  readonly figures: Figures
}

/** Runs one contender against a fresh receiver; fails when an event is missing or a signature is wrong. */
async function against(
  start: Start,
  apps: number,
  measure: (contender: Contender, receiver: ReceiverProcess) => Promise<{ events: number; figures: Figures }>,
): Promise<Result> {
  const receiver = await ReceiverProcess.start(SECRET)
  const contender = await start({ url: receiver.url, secret: SECRET, apps })
  try {
    const warmUp = Math.max(apps, WARM_UP_EVENTS)
    await flood(contender, apps, warmUp)
    await receiver.counts()
    const { events, figures } = await measure(contender, receiver)
    const counts = await receiver.counts()
    if (counts.events !== events + warmUp || counts.invalid > 0) {
      throw new Error(
        `${contender.name}: ${counts.events} of ${events + warmUp} events came, ${counts.invalid} signatures were wrong`,
      )
    }
    return { contender: contender.name, figures }
  } finally {
    await contender.close()
    await receiver.stop()
  }
}

/** Events are emitted as fast as they are taken, signed, delivered and acknowledged. */
export function throughput(start: Start, apps: number, events: number): Promise<Result> {
  return against(start, apps, async (contender) => {
    const startedMs = performance.now()
    const startedNs = allThreadsNs()
    await flood(contender, apps, events)
    return {
      events,
      figures: {
        'events/s': events / ((performance.now() - startedMs) / 1000),
        'CPU of all threads, ns an event': (allThreadsNs() - startedNs) / events,
      },
    }
  })
}

async function flood(contender: Contender, apps: number, events: number): Promise<void> {
  for (let sent = 0; sent < events; ) {
    const until = Math.min(sent + BURST, events)
    while (sent < until && emitOne(contender, sent, apps)) sent += 1
    await (sent === until ? nextTurn() : wait(1))
  }
  await contender.settle()
}

/** Events are emitted at a steady rate. What the pacing itself costs is measured first and deducted. */
export async function steady(start: Start, apps: number, perSecond: number, seconds: number): Promise<Result> {
  const events = perSecond * seconds
  const pacing = await paced(NOTHING, apps, perSecond, events)
  return against(start, apps, async (contender, receiver) => {
    const { cpuNs, loopDelayMs } = await paced(contender, apps, perSecond, events)
    await contender.settle()
    const { p50Ms, p99Ms } = await receiver.counts()
    return {
      events,
      figures: {
        'CPU of the main thread, ns an event': (cpuNs - pacing.cpuNs) / events,
        'the pacing that was deducted from it, ns an event': pacing.cpuNs / events,
        'p99 of the delay of its event loop, ms more than without': loopDelayMs - pacing.loopDelayMs,
        'emit to receipt, p50, ms': p50Ms,
        'emit to receipt, p99, ms': p99Ms,
      },
    }
  })
}

const NOTHING: Contender = {
  name: 'nothing',
  emit: () => true,
  settle: async () => undefined,
  close: async () => undefined,
}

async function paced(
  contender: Contender,
  apps: number,
  perSecond: number,
  events: number,
): Promise<{ cpuNs: number; loopDelayMs: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const beforeNs = mainThreadNs()
  const startedMs = performance.now()
  for (let sent = 0; sent < events; ) {
    const due = Math.min(Math.floor(((performance.now() - startedMs) / 1000) * perSecond), events)
    while (sent < due && emitOne(contender, sent, apps)) sent += 1
    await wait(PACE_MS)
  }
  const cpuNs = mainThreadNs() - beforeNs
  delay.disable()
  return { cpuNs, loopDelayMs: delay.percentile(99) / 1e6 }
}

function emitOne(contender: Contender, number: number, apps: number): boolean {
  return contender.emit(number % apps, CHANNELS[number % CHANNELS.length] ?? '', 'user-1234')
}
