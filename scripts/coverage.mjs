/** What the tests cover of src/, the worker threads included. */
import { build } from './build.mjs'
import { runPackage } from './command.mjs'
import { setup } from './setup.mjs'

const problems = await setup({ services: true })
for (const problem of problems) console.error(`setup: ${problem}`)
if (!(await build())) process.exit(1)

process.exitCode = await runPackage(
  'c8',
  [
    ...['--exclude-after-remap', '--include', 'src/**', '--reporter', 'text', '--reporter', 'html'],
    ...[process.execPath, 'scripts/run-tests.mjs', ...process.argv.slice(2)],
  ],
  { env: { ...process.env, SIGNPOST_THREADS: 'compiled' } },
)
