import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { checkCommand } from '../../src/cli/check.js'
import { loadCommand } from '../../src/cli/load.js'
import { runCommand } from '../../src/cli/run.js'
import { projectFile } from '../examples/documented.js'

const test = suite('the pages of the command line')

const PAGES = [
  { command: runCommand(), pages: ['docs/reference/cli.md', 'docs/guide/signpost-run.md'] },
  { command: checkCommand(), pages: ['docs/reference/cli.md'] },
  { command: loadCommand(), pages: ['docs/guide/load-testing.md'] },
]

for (const { command, pages } of PAGES) {
  for (const page of pages) {
    test(`${page} has every option of signpost ${command.name()}`, () => {
      const text = projectFile(page)
      const missing = command.options.map(({ long }) => long ?? '').filter((long) => !text.includes(`\`${long}`))
      assert.equal(missing, [])
    })
  }
}

test('name only options and commands that there are', () => {
  const known = new Set(PAGES.flatMap(({ command }) => command.options.map(({ long }) => long)))
  const named = PAGES.flatMap(({ pages }) => pages).flatMap((page) => {
    return [...projectFile(page).matchAll(/`(--[a-z-]+)/g)].map(([, option = '']) => option)
  })
  const others = new Set(['--help', '--version', '--long'])
  assert.equal(
    named.filter((option) => !known.has(option) && !others.has(option)),
    [],
  )
})

test.run()
