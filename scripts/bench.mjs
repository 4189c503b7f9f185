/** Builds and measures: `npm run bench [-- OPTIONS]`; `--help` lists them. Writes bench/results/. */
import { join } from 'node:path'
import { build } from './build.mjs'
import { root, run } from './command.mjs'
import { installServices } from './services.mjs'
import { setup } from './setup.mjs'

process.exitCode = await bench(process.argv.slice(2))

async function bench(args) {
  const problems = await setup({ services: false })
  for (const problem of problems) console.error(`setup: ${problem}`)
  if (problems.length > 0 || !(await build())) return 1
  const { servicesFor } = await import(join(root, 'dist/bench/services.js'))
  // A peer whose program is missing fails loudly when it is its turn; the others do not need it.
  for (const problem of await installServices(await servicesFor(args))) console.error(`setup: ${problem}`)
  return run(process.execPath, [join(root, 'dist/bench/run.js'), ...args])
}
