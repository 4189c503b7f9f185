/**
 * Everything that must hold before a change may land. `npm test -- FILTER …`: only the test files whose path has one of them.
 * `npm test -- --long`: also those that take long.
 */
import { build } from './build.mjs'
import { checkImports } from './check-imports.mjs'
import { root, runPackage } from './command.mjs'
import { runTests } from './run-tests.mjs'
import { setup } from './setup.mjs'

const isLong = process.argv.includes('--long')
const filters = process.argv.slice(2).filter((argument) => argument !== '--long')
const tally = { passed: 0, failed: 0 }

/** Counts one check; what went wrong was printed by the check itself. */
function count(name, passed) {
  console.log(`${passed ? '✓' : '✗'} ${name}`)
  if (passed) tally.passed += 1
  else tally.failed += 1
}

async function checkSources() {
  count('lint and format', (await runPackage('biome', ['check', '--error-on-warnings', root])) === 0)
  const violations = checkImports(root)
  for (const violation of violations) console.error(violation)
  count('direction of imports', violations.length === 0)
}

const problems = await setup({ services: true })
for (const problem of problems) console.error(`setup: ${problem}`)
count('setup', problems.length === 0)
count('build and type-check', await build())
if (filters.length === 0) await checkSources()
const tests = await runTests({ filters, isLong })

const passed = tally.passed + tests.passed
const failed = tally.failed + tests.failed
process.exitCode = failed === 0 ? 0 : 1
console.log(`${passed} passed, ${failed} failed`)
