import type { LoadSettings } from './settings.js'

/** The settings that a figure is meaningless without, in a line. */
const DISTRIBUTIONS = { even: '', 'in-turn': ' (in turn)', zipf: ' (Zipf)' } as const

export function describeSettings({ rate, apps, distribution, endpoints, batchMs, batchSize }: LoadSettings): string {
  return [
    rate === 'max' ? 'as fast as accepted' : `${rate.toLocaleString('en')} events/s`,
    `${apps.toLocaleString('en')} app${apps === 1 ? '' : 's'}${DISTRIBUTIONS[distribution]}`,
    ...(endpoints === 1 ? [] : [`${endpoints} endpoints each`]),
    batchMs === 0 ? 'no batching' : `batches of ${batchSize} or ${batchMs} ms`,
  ].join(', ')
}
