import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { projectRoot } from '../support/project-root.js'
import { runProgram } from '../support/run-program.js'

// time limit: 300 s
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

for (const seconds of ['abc', '0', '-1', '3601', '']) {
  test(`says what is wrong with --seconds ${JSON.stringify(seconds)}, and nothing else`, async () => {
    const ended = await runProgram(process.execPath, [main, `--seconds=${seconds}`])
    assert.equal(ended, {
      status: 1,
      output: `--seconds: "${seconds}" is not a number above 0 and at most 3600\nusage: npm start [-- [--seconds N] [--json]]\n`,
    })
  })
}

test('says what is wrong with an option that it does not know', async () => {
  const { status, output } = await runProgram(process.execPath, [main, '--second', '3'])
  assert.equal([status, /'--second'/.test(output), / {4}at /.test(output)], [1, true, false])
})

if (existsSync('/proc/self/task')) {
  test("fails and says so when its receiver's process dies", async () => {
    const child = spawn(process.execPath, [main, '--seconds', '60'], { stdio: ['ignore', 'pipe', 'pipe'] })
    const errors: Buffer[] = []
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
    await once(child.stdout, 'data')
    child.stdout.resume()
    for (const receiver of childrenOf(child)) process.kill(receiver, 'SIGKILL')
    const [status] = await once(child, 'close')
    assert.equal([status, Buffer.concat(errors).toString()], [1, "the receiver's process ended early, by SIGKILL\n"])
  })
}

function childrenOf({ pid }: ChildProcess): number[] {
  const ids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return ids.split(' ').filter(Boolean).map(Number)
}

test.run()
