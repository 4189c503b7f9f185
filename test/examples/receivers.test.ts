// time limit: 240 s

import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { freePort } from '../../scripts/free-port.js'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import { createDispatcher } from '../../src/index.js'
import { projectRoot } from '../support/project-root.js'
import { runProgram } from '../support/run-program.js'
import { until } from '../support/until.js'

interface Language {
  readonly program: string
  /** Ends with status 0 where everything that the example needs is installed. */
  readonly probe: readonly string[]
  args(file: string, port: number): readonly string[]
}

const LANGUAGES: Readonly<Record<string, Language>> = {
  py: { program: 'python3', probe: ['-c', 'import http.server'], args: (file, port) => [file, `${port}`] },
  php: { program: 'php', probe: ['--version'], args: (file, port) => ['-S', `127.0.0.1:${port}`, file] },
  go: { program: 'go', probe: ['version'], args: (file, port) => ['run', file, `${port}`] },
  rb: {
    program: 'ruby',
    probe: ['-e', 'require "webrick"; require "openssl"'],
    args: (file, port) => [file, `${port}`],
  },
}

interface Running {
  readonly url: string
  output(): string
}

async function isInstalled({ program, probe }: Language): Promise<boolean> {
  const ended = await runProgram(program, probe).catch(() => null)
  return ended?.status === 0
}

async function withReceiver(ending: string, language: Language, use: (receiver: Running) => Promise<void>) {
  const folder = temporaryFolder()
  const port = await freePort()
  const file = join(projectRoot, 'examples/receivers', `receiver.${ending}`)
  const child = spawn(language.program, language.args(file, port), {
    env: { ...process.env, STATE: folder.path },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const url = `http://127.0.0.1:${port}/webhooks`
  try {
    await until(async () => (await statusOf(url, '{}', 'none')) !== null)
    await use({ url, output: () => output })
  } finally {
    await endGroup(child)
    folder.remove()
  }
}

/** `go run` starts the receiver as a process of its own. */
async function endGroup(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  await exited
}

/** @returns null while nothing answers */
async function statusOf(url: string, body: string, signature: string, id = 'an-id'): Promise<number | null> {
  const headers = {
    'content-type': 'application/json',
    'x-pusher-key': 'app-key',
    'x-pusher-signature': signature,
    'webhook-id': id,
  }
  const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => null)
  await answer?.arrayBuffer()
  return answer?.status ?? null
}

const linesOf = (output: string) => output.split('\n').filter((line) => /^(?:member|channel)_/.test(line))

for (const [ending, language] of Object.entries(LANGUAGES)) {
  if (!(await isInstalled(language))) {
    console.log(`skipped: ${language.program} is not installed, or lacks a part that the example needs`)
    continue
  }
  const test = suite(`the receiver in ${language.program}`)

  test('takes what a dispatcher has signed', () =>
    withReceiver(ending, language, async ({ url, output }) => {
      const webhooks = [{ url, event_types: ['member_added', 'channel_occupied'] }]
      const dispatcher = await createDispatcher({
        apps: [{ id: 'my-app', key: 'app-key', secret: 'app-secret', webhooks }],
      })
      const app = dispatcher.app('my-app')
      app.channelOccupied('presence-room')
      app.memberAdded('presence-room', 'user-ü')
      await dispatcher.flush()
      const { delivered, failed } = dispatcher.stats()
      await dispatcher.close()
      await until(() => linesOf(output()).length >= 2)
      const lines = ['channel_occupied presence-room', 'member_added presence-room']
      assert.equal([delivered, failed, linesOf(output())], [2, 0, lines])
    }))

  test('refuses a wrong signature, and handles a repeated delivery once', () =>
    withReceiver(ending, language, async ({ url, output }) => {
      const body =
        '{"time_ms":1700000000000,"events":[{"name":"member_added","channel":"presence-room","user_id":"u"}]}'
      const good = createHmac('sha256', 'app-secret').update(body).digest('hex')
      const bad = createHmac('sha256', 'another').update(body).digest('hex')
      const statuses = [
        await statusOf(url, body, bad),
        await statusOf(url, body, good.toUpperCase().slice(0, 10)),
        await statusOf(url, body, good),
        await statusOf(url, body, good),
        await statusOf(url, body, good, 'another-id'),
      ]
      await until(() => linesOf(output()).length >= 2)
      assert.equal([statuses, linesOf(output()).length], [[401, 401, 200, 200, 200], 2])
    }))

  test.run()
}
