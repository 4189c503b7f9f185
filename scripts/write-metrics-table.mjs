/** Writes the tables of metrics into their page, between its markers, out of what was compiled. */
import { writeBetween } from './write-between.mjs'

const { metricsTables } = await import('../dist/src/stats/metrics-tables.js')

writeBetween('docs/reference/metrics.md', 'metrics', metricsTables())
