// long
// time limit: 180 s

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../../scripts/temporary-folder.js'
import type { LoadReport } from '../../../src/cli/load/report.js'
import { isWellFormed } from '../../plot/markup.js'
import { CLI } from '../../support/cli.js'
import { runProgram } from '../../support/run-program.js'

const TINY = ['--events', '1000', '--rate', '2000', '--apps', '5', '--shards', '1', '--batch-ms', '10']

const test = suite('signpost load')

const load = (...options: string[]) => runProgram(process.execPath, [CLI, 'load', ...options])

async function reportOf(...options: string[]): Promise<{ status: number | null; report: LoadReport }> {
  const { status, output } = await load('--json', ...TINY, ...options)
  return { status, report: JSON.parse(output) as LoadReport }
}

test('counts every event at the receivers and prints JSON alone', async () => {
  const { status, report } = await reportOf(
    '--verify',
    '1',
    '--mix',
    'member=1,channel=1,client=1,count=1,cache-miss=1,custom=1',
  )
  const { events, requests } = report
  assert.equal(
    [status, events.emitted, events.received, events.lost, requests.wrongSignatures, requests.signaturesChecked > 0],
    [0, 1000, 1000, 0, 0, true],
  )
})

test('loses nothing when a share of requests fails', async () => {
  const { status, report } = await reportOf('--fail-share', '0.3', '--endpoints', '2', '--receivers', '2')
  const { events, requests } = report
  assert.equal([status, events.received, events.lost, requests.failed > 0], [0, 2000, 0, true])
})

test('exits with 1 when events are lost', async () => {
  const { status, report } = await reportOf('--fail-share', '1', '--drain', '0.2')
  assert.equal([status, report.ok, report.events.lost], [1, false, 1000])
})

test('emits as fast as events are accepted, without batching too', async () => {
  const { status, report } = await reportOf('--rate', 'max', '--batch-ms', '0', '--distribution', 'zipf')
  assert.equal([status, report.events.received, report.requests.eventsPerRequest], [0, 1000, 1])
})

test('draws what it measured', async () => {
  const folder = temporaryFolder()
  try {
    const path = join(folder.path, 'plot.svg')
    await load(...TINY, '--plot', path)
    assert.ok(isWellFormed(readFileSync(path, 'utf8')))
  } finally {
    folder.remove()
  }
})

test('reports when it is interrupted, and ends', async () => {
  const child = spawn(process.execPath, [CLI, 'load', '--rate', '1000', '--seconds', '600', '--apps', '5'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  let progress = ''
  child.stderr.on('data', (chunk: Buffer) => {
    const hadBegun = progress.includes('emitting')
    progress += chunk.toString()
    if (!hadBegun && progress.includes('emitting')) child.kill('SIGINT')
  })
  const [status] = (await once(child, 'close')) as [number | null]
  assert.ok(status === 0 && output.includes('Nothing lost, no wrong signature (ended early)'), output)
})

test('names a wrong option, its value and what is expected, and exits with 2', async () => {
  const { status, output } = await load('--apps', 'many')
  assert.is(status, 2)
  assert.match(output, /--apps <n>' argument 'many' is invalid. Expected a whole number from 1 to 100000 \(apps\)/)
})

test('says at once that it cannot write the plot, and exits with 2', async () => {
  const { status, output } = await load('--plot', join('no', 'such', 'folder.svg'), '--seconds', '600')
  assert.is(status, 2)
  assert.match(output, "'--plot <file.svg>' names a file that cannot be written: Error: ENOENT")
})

test('exits with 2 for an option that it does not have', async () => {
  const { status } = await load('--app', '1')
  assert.is(status, 2)
})

test('explains its options', async () => {
  const { status, output } = await load('--help')
  assert.ok(status === 0 && output.includes('--fail-share'))
})

test.run()
