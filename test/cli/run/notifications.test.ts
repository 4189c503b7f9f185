// time limit: 300 s

import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type TemporaryFolder, temporaryFolder } from '../../../scripts/temporary-folder.js'
import { until } from '../../support/until.js'
import { type RunProcess, withRun } from './support.js'

const test = suite('signpost run under a service manager')

/** Runs a test with a `systemd-notify` that writes down what it is called with. */
async function withNotify(
  environment: Readonly<Record<string, string>>,
  run: (program: RunProcess, messages: () => readonly string[]) => Promise<void>,
): Promise<void> {
  const folder = temporaryFolder()
  try {
    writeNotify(folder)
    const path = join(folder.path, 'messages')
    const messages = () => (existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [])
    const variables = { PATH: `${folder.path}:${process.env.PATH}`, NOTIFY_SOCKET: '/run/notify', ...environment }
    await withRun({ apps: [] }, [], (program) => run(program, messages), variables)
  } finally {
    folder.remove()
  }
}

function writeNotify(folder: TemporaryFolder): void {
  const messages = join(folder.path, 'messages')
  const script = folder.write('systemd-notify', `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> '${messages}'\n`)
  chmodSync(script, 0o755)
}

test('says when it is ready, reloads and stops', () =>
  withNotify({}, async (program, messages) => {
    await until(() => messages().length === 1)
    program.child.kill('SIGHUP')
    await until(() => messages().length === 3)
    program.child.kill('SIGTERM')
    const { status } = await program.ended
    assert.equal(
      [status, messages().map((message) => message.replace(/\d+$/, 'N'))],
      [
        0,
        [
          '/run/notify READY=N',
          '/run/notify RELOADING=1 MONOTONIC_USEC=N',
          '/run/notify READY=N',
          '/run/notify STOPPING=N',
        ],
      ],
    )
  }))

test('is heard by the watchdog', () =>
  withNotify({ WATCHDOG_USEC: '100000' }, async (_program, messages) => {
    await until(() => messages().filter((message) => message.endsWith('WATCHDOG=1')).length >= 2)
    assert.match(messages()[0] ?? '', 'READY=1')
  }))

test('leaves the watchdog of another process alone', () =>
  withNotify({ WATCHDOG_USEC: '1000', WATCHDOG_PID: '1' }, async (program, messages) => {
    await until(() => messages().length === 1)
    program.child.kill('SIGTERM')
    await program.ended
    assert.is(messages().length, 2)
  }))

test('runs on where the manager cannot be notified', () =>
  withRun(
    { apps: [] },
    ['--stdin'],
    async (program) => {
      await program.logged('could not be notified')
      program.child.stdin.end()
      assert.is((await program.ended).status, 0)
    },
    { PATH: '/nonexistent', NOTIFY_SOCKET: '/run/notify' },
  ))

test.run()
