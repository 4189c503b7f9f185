import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { projectRoot } from '../support/project-root.js'
import { runProgram } from '../support/run-program.js'

const test = suite('the demonstration')

const main = join(projectRoot, 'dist/scripts/demo/main.js')
const lastLine = (output: string) => output.trimEnd().split('\n').at(-1) ?? ''

test('delivers and verifies all that its chat emits', async () => {
  const { status, output } = await runProgram(process.execPath, [main, '--seconds', '1'])
  const [, emitted, delivered, verified] =
    /^(\d+) emitted, (\d+) delivered, (\d+) verified, 0 lost$/.exec(lastLine(output)) ?? []
  assert.equal([status, Number(emitted) > 0, delivered, verified], [0, true, emitted, emitted])
})

test('prints one JSON object on request', async () => {
  const { status, output } = await runProgram(process.execPath, [main, '--seconds', '1', '--json'])
  const { emitted, verified, lost } = JSON.parse(lastLine(output))
  assert.equal([status, emitted > 0, verified, lost], [0, true, emitted, 0])
})

test.run()
