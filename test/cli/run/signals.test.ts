// time limit: 300 s

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { appWith, withReceiver } from '../../support/dispatcher.js'
import { memberLine, withRun } from './support.js'

const test = suite('signpost run at a signal to end')

const FAST = { batching: { duration: 5 }, retry: { initial_backoff_ms: 5, max_backoff_ms: 20 } }

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`delivers what it has accepted after ${signal}, and is not ready meanwhile`, () =>
    withReceiver((receiver) =>
      withRun({ apps: [appWith([{ url: receiver.url }])], webhooks: FAST }, ['--stdin'], async (program) => {
        receiver.fail({ status: 503 })
        program.child.stdin.write(memberLine(1) + memberLine(2))
        await receiver.waitFor(({ requests }) => requests.length > 0)
        program.child.kill(signal)
        await program.logged(`${signal}: delivering what was accepted`)
        const ready = await fetch(await program.url('/readyz'))
        const live = await fetch(await program.url('/livez'))
        receiver.heal()
        const { status } = await program.ended
        assert.equal([ready.status, live.status, status, receiver.received.length], [503, 200, 0, 2], program.logText)
      }),
    ))
}

test('ends at once at a second signal, and says what is left', () =>
  withReceiver((receiver) =>
    withRun({ apps: [appWith([{ url: receiver.url }])] }, ['--stdin'], async (program) => {
      receiver.fail({ hang: true })
      program.child.stdin.write(memberLine(1))
      await receiver.waitFor(({ requests }) => requests.length > 0)
      program.child.kill('SIGTERM')
      await program.logged('what was accepted')
      program.child.kill('SIGINT')
      const { status } = await program.ended
      const last = program.log.at(-1)
      assert.equal(
        [status, last?.msg, last?.batches],
        [130, 'SIGINT is the second signal: ended at once', 1],
        program.logText,
      )
    }),
  ))

test('takes what it had read before the signal, and closes its input', () =>
  withReceiver((receiver) =>
    withRun({ apps: [appWith([{ url: receiver.url }])], webhooks: FAST }, ['--stdin'], async (program) => {
      program.child.stdin.write(`${memberLine(1)}${memberLine(2)}{"app":"app","name":"member_added`)
      await receiver.waitFor(({ received }) => received.length === 2)
      const closed = new Promise((resolve) => program.child.stdin.once('close', resolve))
      program.child.kill('SIGTERM')
      const { status } = await program.ended
      await closed
      // What has come of a line is no line: it is counted, because somebody has written it.
      assert.equal([status, receiver.received.length], [3, 2])
      assert.match(program.exitLine.msg, 'accepted: 2, refused: 0, invalid lines: 0, read but not accepted: 1')
    }),
  ))

test('runs without an input until it is told to end', () =>
  withRun({ apps: [] }, [], async (program) => {
    await program.started()
    program.child.kill('SIGTERM')
    const { status } = await program.ended
    assert.equal([status, program.exitLine.lines], [0, undefined])
  }))

test.run()
