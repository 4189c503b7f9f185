import { createLogUpdate } from 'log-update'

/** One moment of the demonstration. */
export interface Moment {
  /** From 0 to 1. */
  readonly progress: number
  readonly connections: number
  readonly emitted: number
  readonly delivered: number
  readonly requests: number
  readonly retries: number
  readonly eventsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface Screen {
  show(moment: Moment): void
  done(): void
}

const BAR = 40

/** Redraws in place on a terminal; elsewhere writes a line at a time. */
export function createScreen(stream: NodeJS.WriteStream): Screen {
  if (!stream.isTTY) {
    return { show: (moment) => stream.write(`${line(moment)}\n`), done: () => undefined }
  }
  const update = createLogUpdate(stream)
  return { show: (moment) => update(panel(moment)), done: () => update.done() }
}

function line({ progress, eventsPerSecond, emitted, delivered, requests, p50Ms, p99Ms }: Moment): string {
  const percent = `${Math.round(progress * 100)}`.padStart(3)
  const rate = `${Math.round(eventsPerSecond)}`.padStart(5)
  return `${percent} %  ${rate} events/s  ${emitted} emitted  ${delivered} delivered in ${requests} requests  p50 ${p50Ms.toFixed(0)} ms  p99 ${p99Ms.toFixed(0)} ms`
}

function panel(moment: Moment): string {
  const filled = Math.round(moment.progress * BAR)
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`
  const rows: readonly (readonly [string, string])[] = [
    ['clients connected', `${moment.connections}`],
    ['events/s', moment.eventsPerSecond.toFixed(0)],
    ['emitted', `${moment.emitted}`],
    ['delivered', `${moment.delivered} in ${moment.requests} requests`],
    ['tried again', `${moment.retries}`],
    ['emit to acknowledgement', `p50 ${moment.p50Ms.toFixed(1)} ms   p99 ${moment.p99Ms.toFixed(1)} ms`],
  ]
  const table = rows.map(([name, value]) => `  ${name.padEnd(25)}${value}`)
  return [
    '',
    '  Signpost: a chat in miniature, and its webhooks',
    '',
    ...table,
    '',
    `  ${bar} ${Math.round(moment.progress * 100)} %`,
    '',
  ].join('\n')
}
