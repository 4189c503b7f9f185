/** Sets everything up and runs the demonstration: `npm start [-- --json] [-- --seconds N]`. */
import { join } from 'node:path'
import { build } from './build.mjs'
import { root, run } from './command.mjs'
import { setup } from './setup.mjs'

const problems = await setup({ services: false })
for (const problem of problems) console.error(`setup: ${problem}`)

if (problems.length === 0 && (await build())) {
  const main = join(root, 'dist/scripts/demo/main.js')
  process.exitCode = await run(process.execPath, [main, ...process.argv.slice(2)])
} else {
  process.exitCode = 1
}
