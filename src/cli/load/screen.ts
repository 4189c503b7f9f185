import { styleText } from 'node:util'
import { createLogUpdate } from 'log-update'
import { describeSettings } from './describe-settings.js'
import type { Sample } from './recording.js'
import type { LoadSettings } from './settings.js'

export interface Screen {
  /** Before there is anything to show. */
  starting(): void
  show(sample: Sample): void
  done(): void
}

const BAR_WIDTH = 48
const LINE_EVERY_SECONDS = 1
const LEVELS = '▁▂▃▄▅▆▇█'

/** Redraws in place on a terminal; elsewhere writes a line a second, or nothing when `isQuiet`. */
export function createScreen(stream: NodeJS.WriteStream, settings: LoadSettings, isQuiet: boolean): Screen {
  if (stream.isTTY) return panelScreen(stream, settings)
  return isQuiet ? { starting: nothing, show: nothing, done: nothing } : lineScreen(stream, settings)
}

const nothing = (): void => undefined

function lineScreen(stream: NodeJS.WriteStream, settings: LoadSettings): Screen {
  let nextAtSeconds = 0
  return {
    starting: () => stream.write(`${describeSettings(settings)}: starting\n`),
    show: (sample) => {
      if (sample.atSeconds < nextAtSeconds && sample.phase !== 'done') return
      nextAtSeconds = sample.atSeconds + LINE_EVERY_SECONDS
      stream.write(`${lineOf(sample)}\n`)
    },
    done: nothing,
  }
}

function panelScreen(stream: NodeJS.WriteStream, settings: LoadSettings): Screen {
  const update = createLogUpdate(stream)
  const rates: number[] = []
  return {
    starting: () => update(`\n  ${heading(settings)}\n\n  starting …\n`),
    show: (sample) => {
      rates.push(sample.deliveredPerSecond)
      if (rates.length > BAR_WIDTH) rates.shift()
      update(panelOf(settings, sample, rates))
    },
    done: () => update.done(),
  }
}

/** A sample in a line. */
export function lineOf(sample: Sample): string {
  const { p50, p99, p999 } = latencyTexts(sample)
  return [
    `${sample.atSeconds.toFixed(1).padStart(6)} s`,
    sample.phase.padEnd(8),
    `${whole(sample.inPerSecond).padStart(9)} in/s`,
    `${whole(sample.deliveredPerSecond).padStart(9)} delivered/s`,
    `${whole(sample.queued).padStart(9)} queued`,
    `p50 ${p50}  p99 ${p99}  p99.9 ${p999}`,
    `loop p99 ${sample.loopDelayP99Ms.toFixed(1)} ms`,
    `${whole(sample.rssMiB)} MiB`,
  ].join('  ')
}

/** A sample as a screenful. @param rates delivered events a second, of the last samples */
export function panelOf(settings: LoadSettings, sample: Sample, rates: readonly number[]): string {
  const { p50, p99, p999 } = latencyTexts(sample)
  const rows: readonly (readonly [string, string])[] = [
    [
      'in',
      `${whole(sample.inPerSecond)} events/s, ${whole(sample.emitted)} so far, ${whole(sample.refusals)} refusals`,
    ],
    ['delivered', `${whole(sample.deliveredPerSecond)} events/s, ${whole(sample.received)} so far`],
    ['queue', `${whole(sample.queued)} events`],
    ['due → received', `p50 ${p50}   p99 ${p99}   p99.9 ${p999}`],
    ['loop delay', `p99 ${sample.loopDelayP99Ms.toFixed(2)} ms`],
    ['RSS', `${whole(sample.rssMiB)} MiB`],
  ]
  return [
    '',
    `  ${heading(settings)}`,
    '',
    ...rows.map(([name, value]) => `  ${styleText('dim', name.padEnd(15))} ${value}`),
    `  ${' '.repeat(15)} ${styleText('cyan', sparkline(rates))}`,
    '',
    `  ${progressLine(sample)}`,
    '',
  ].join('\n')
}

function heading(settings: LoadSettings): string {
  return `${styleText('bold', 'signpost load')}  ${describeSettings(settings)}`
}

function progressLine({ phase, progress, atSeconds }: Sample): string {
  if (phase !== 'emitting')
    return phase === 'done' ? 'done' : `waiting for events in flight … ${atSeconds.toFixed(0)} s`
  if (progress === null) return `${atSeconds.toFixed(0)} s`
  const filled = Math.round(progress * BAR_WIDTH)
  const bar = styleText('green', '█'.repeat(filled)) + styleText('dim', '░'.repeat(BAR_WIDTH - filled))
  const left = progress > 0 ? `, ${Math.ceil((atSeconds * (1 - progress)) / progress)} s left` : ''
  return `${bar} ${Math.round(progress * 100)} %${left}`
}

function latencyTexts({ latencyMs }: Sample): { p50: string; p99: string; p999: string } {
  if (latencyMs === null) return { p50: '–', p99: '–', p999: '–' }
  const text = (ms: number) => `${ms.toFixed(ms < 100 ? 1 : 0)} ms`
  return { p50: text(latencyMs.p50), p99: text(latencyMs.p99), p999: text(latencyMs.p999) }
}

function sparkline(values: readonly number[]): string {
  const most = Math.max(...values, 1)
  return values.map((value) => LEVELS[Math.round((value / most) * (LEVELS.length - 1))]).join('')
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}
