import { spawn } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import type { CheckReport } from '../../src/cli/check/report.js'
import { CLI } from '../support/cli.js'
import { type Ended, runProgram } from '../support/run-program.js'

const RIGHT = {
  apps: [
    { id: 'a', key: 'k', secret: 's', webhooks: [{ url: 'https://example.com/', event_types: ['member_added'] }] },
  ],
}
const WRONG = { webhooks: { batching: { size: 'many' } } }

interface Given {
  readonly name?: string
  readonly environment?: Readonly<Record<string, string>>
}

async function check(config: string, options: readonly string[] = [], given: Given = {}): Promise<Ended> {
  const folder = temporaryFolder()
  try {
    const file = folder.write(given.name ?? 'config.json', config)
    const env = { PATH: process.env.PATH, HOME: folder.path, ...given.environment }
    const { status, output } = await runProgram(process.execPath, [CLI, 'check', file, ...options], { env })
    return { status, output: output.replaceAll(file, 'FILE') }
  } finally {
    folder.remove()
  }
}

async function reportOf(config: string, options: readonly string[] = [], given: Given = {}): Promise<CheckReport> {
  return JSON.parse((await check(config, ['--json', ...options], given)).output)
}

const test = suite('signpost check')

test('accepts a right configuration and says what is in it', async () => {
  const { status, output } = await check(JSON.stringify(RIGHT))
  assert.is(status, 0, output)
  assert.match(output, 'valid, apps: 1, webhooks: 1')
  assert.match(output, 'queue: memory (what is undelivered at exit is lost)')
})

test('exits with 1 and names the place of a wrong value', async () => {
  const { status, output } = await check(JSON.stringify(WRONG, null, 2))
  assert.is(status, 1)
  assert.match(output, 'FILE:4:7: error: webhooks.batching.size: "many" was given')
})

test('prints every problem as JSON', async () => {
  const { valid, problems } = await reportOf(JSON.stringify(WRONG))
  assert.equal(
    { valid, problems: problems.map(({ path, line, column }) => ({ path, line, column })) },
    { valid: false, problems: [{ path: 'webhooks.batching.size', line: 1, column: 26 }] },
  )
})

test('what a driver cannot do is a problem, and QUEUE_DRIVER overrides the file', async () => {
  const config = JSON.stringify({ queue: { driver: 'sqs', sqs: { visibility_timeout: 1 } } })
  const overridden = await check(config, [], { environment: { QUEUE_DRIVER: 'memory' } })
  assert.equal([(await check(config)).status, overridden.status], [1, 0])
})

test('connects to the servers of the drivers when it is asked to, and only then', async () => {
  const queue = { driver: 'redis', redis: { url_override: 'redis://:hidden@127.0.0.1:1' } }
  const config = JSON.stringify({ queue })
  const [without, connected] = [await reportOf(config), await reportOf(config, ['--connect'])]
  const isAbout = ({ path }: { path: string | null }) => path === 'queue.redis.url_override'
  assert.equal([without.problems.some(isAbout), connected.problems.some(isAbout)], [false, true])
  assert.not.match(JSON.stringify(connected), 'hidden')
})

test('reads standard input, JSON or TOML', async () => {
  const statusOf = (text: string) =>
    new Promise<number | null>((resolve) => {
      const child = spawn(process.execPath, [CLI, 'check', '-'], { stdio: ['pipe', 'ignore', 'inherit'] })
      child.once('close', resolve)
      child.stdin.end(text)
    })
  assert.equal(
    [
      await statusOf(JSON.stringify(RIGHT)),
      await statusOf('[webhooks]\nenabled = false\n'),
      await statusOf('[webhooks]\nenabled = 5'),
    ],
    [0, 0, 1],
  )
})

test('prints what counts alone on the standard output, and the findings beside it', async () => {
  const config = JSON.stringify({ ...RIGHT, process_id: 1 })
  const { output } = await check(config, ['--effective', '--strict'])
  assert.match(output, 'warning: process_id')
  assert.match(output, '"secret": "***"')
})

test('tells how it is used when no file is named, and exits with 2', async () => {
  const { status, output } = await runProgram(process.execPath, [CLI, 'check'])
  assert.is(status, 2)
  assert.match(output, 'Usage: signpost check')
})

test('exits with 2 for an option and for a command that it does not know', async () => {
  const statusOf = async (...options: string[]) => (await runProgram(process.execPath, [CLI, ...options])).status
  assert.equal([await statusOf('check', 'c.json', '--what'), await statusOf('chek')], [2, 2])
})

test.run()
