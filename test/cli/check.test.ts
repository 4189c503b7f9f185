import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Ended, runProgram } from '../support/run-program.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))
const RIGHT = {
  apps: [
    { id: 'a', key: 'k', secret: 's', webhooks: [{ url: 'https://example.com/', event_types: ['member_added'] }] },
  ],
}
const WRONG = { webhooks: { batching: { size: 'many' } } }

async function check(config: string, ...options: string[]): Promise<Ended> {
  const folder = temporaryFolder()
  try {
    return await runProgram(process.execPath, [MAIN, 'check', folder.write('config.json', config), ...options])
  } finally {
    folder.remove()
  }
}

const test = suite('signpost check')

test('accepts a right configuration and says what is in it', async () => {
  const { status, output } = await check(JSON.stringify(RIGHT))
  assert.is(status, 0, output)
  assert.match(output, 'valid, apps: 1, webhooks: 1')
})

test('exits with 1 and names the place of a wrong value', async () => {
  const { status, output } = await check(JSON.stringify(WRONG))
  assert.is(status, 1)
  assert.match(output, 'webhooks.batching.size')
})

test('prints every problem as JSON', async () => {
  const { output } = await check(JSON.stringify(WRONG), '--json')
  assert.equal(
    (JSON.parse(output) as { problems: { path: string }[] }).problems.map(({ path }) => path),
    ['webhooks.batching.size'],
  )
})

test('exits with 1 for a file that is no JSON', async () => {
  const { status } = await check('{')
  assert.is(status, 1)
})

test('tells how it is used when no file is named', async () => {
  const { output } = await runProgram(process.execPath, [MAIN, 'check'])
  assert.match(output, 'Usage: signpost check')
})

test.run()
