// time limit: 300 s

import { setImmediate as nextTurn } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { AppInput } from '../../../src/index.js'
import { startReceiver } from '../../../src/testing/index.js'
import { appWith, CREDENTIALS, withReceiver } from '../../support/dispatcher.js'
import { until } from '../../support/until.js'
import { memberLine, type RunProcess, usersOf, withRun } from './support.js'

const test = suite('signpost run at SIGHUP')

const ROTATED = { key: 'app-key', secret: 'another-secret' }
const WEBHOOKS = { batching: { duration: 5 } }
const shards = { dispatcher: { shards: 1 }, webhooks: WEBHOOKS }

/** Writes an event per turn until it is told to stop. @returns how many there were */
function writeUntil(program: RunProcess, isOver: () => boolean): Promise<number> {
  let events = 0
  return new Promise((resolve) => {
    const write = (): void => {
      if (isOver()) {
        resolve(events)
        return
      }
      program.child.stdin.write(memberLine(events, 'app'))
      events += 1
      setImmediate(write)
    }
    write()
  })
}

test('puts a new app and a rotated secret in force under load, and loses nothing', async () => {
  const receiver = await startReceiver({ pusher: [CREDENTIALS, ROTATED] })
  try {
    const app = (more: Partial<AppInput> = {}) => appWith([{ url: receiver.url }], more)
    await withRun({ apps: [app()], webhooks: WEBHOOKS }, ['--stdin'], async (program) => {
      let isOver = false
      await program.started()
      const writing = writeUntil(program, () => isOver)
      await receiver.waitFor(({ received }) => received.length > 100)
      program.configure({ apps: [app(ROTATED), app({ id: 'new' })], ...shards })
      program.child.kill('SIGHUP')
      await program.logged('reloaded: apps set: 2, deleted: 0')
      program.child.stdin.write(memberLine('newcomer', 'new'))
      const before = receiver.received.length
      await receiver.waitFor(({ received }) => received.length > before + 100)
      isOver = true
      const written = await writing
      program.child.stdin.end()
      const { status } = await program.ended
      const users = new Set(usersOf(receiver))
      assert.equal(
        [status, users.has('newcomer'), users.size, receiver.invalid.length],
        [0, true, written + 1, 0],
        program.logText,
      )
    })
  } finally {
    await receiver.close()
  }
})

test('signs with the new secret from then on', async () => {
  const receiver = await startReceiver({ pusher: [ROTATED] })
  try {
    const app = (more: Partial<AppInput> = {}) => appWith([{ url: receiver.url }], more)
    await withRun({ apps: [app()], webhooks: WEBHOOKS }, ['--stdin'], async (program) => {
      await program.started()
      program.configure({ apps: [app(ROTATED)], ...shards })
      program.child.kill('SIGHUP')
      await program.logged('reloaded')
      program.child.stdin.end(memberLine(1))
      assert.is((await program.ended).status, 0)
      assert.is(receiver.received.length, 1)
    })
  } finally {
    await receiver.close()
  }
})

test('keeps the former configuration when the new one is wrong, and says why', () =>
  withReceiver((receiver) =>
    withRun({ apps: [appWith([{ url: receiver.url }])] }, ['--stdin'], async (program) => {
      await program.started()
      program.configure('{"apps": [{"id": ""}]}')
      program.child.kill('SIGHUP')
      const { level } = await program.logged('the configuration was not reloaded')
      program.child.stdin.end(memberLine(1))
      const { status } = await program.ended
      assert.equal([level, status, receiver.received.length], ['error', 0, 1])
      assert.not.match(program.logText, CREDENTIALS.secret)
    }),
  ))

test('puts the last configuration in force, however quickly they follow each other', () =>
  withRun({ apps: [] }, [], async (program) => {
    await program.started()
    const apps: AppInput[] = []
    for (let app = 1; app <= 20; app++) {
      apps.push(appWith([], { id: `app-${app}` }))
      program.configure({ apps, ...shards })
      program.child.kill('SIGHUP')
      await nextTurn()
    }
    const metrics = await program.url('/metrics')
    await until(async () => (await (await fetch(metrics)).text()).includes('\nsignpost_apps 20\n'))
    program.child.kill('SIGTERM')
    assert.is((await program.ended).status, 0, program.logText)
  }))

test.run()
