/** Writes the configuration tables into their page, between its markers, out of what was compiled. */
import { writeBetween } from './write-between.mjs'

const { configJsonSchema } = await import('../dist/scripts/config-json-schema.js')
const { configTable } = await import('../dist/scripts/config-table.js')

writeBetween('docs/reference/configuration.md', 'configuration', configTable(configJsonSchema()))
