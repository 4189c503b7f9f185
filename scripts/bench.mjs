/** Builds and measures: `npm run bench [-- --quick]`. Writes bench/results/. */
import { join } from 'node:path'
import { build } from './build.mjs'
import { root, run } from './command.mjs'
import { setup } from './setup.mjs'

const problems = await setup({ services: false })
for (const problem of problems) console.error(`setup: ${problem}`)
const isReady = problems.length === 0 && (await build())
process.exitCode = isReady
  ? await run(process.execPath, [join(root, 'dist/bench/run.js'), ...process.argv.slice(2)])
  : 1
