import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Results } from '../results.js'
import { chartsOf } from './charts.js'
import { report } from './report.js'

/** Writes report.md, its charts and results.json into the folder, in place of what was there. */
export function writeReport(results: Results, folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const charts = results.scenarios.map(chartsOf)
  for (const { file, svg } of charts.flat()) writeFileSync(join(folder, file), svg)
  writeFileSync(join(folder, 'report.md'), report(results, charts))
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
}
