// time limit: 300 s

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CLI } from '../../support/cli.js'
import { withReceiver } from '../../support/dispatcher.js'
import { runProgram } from '../../support/run-program.js'
import { withRun } from './support.js'

const test = suite('the start of signpost run')

test('fails with 1 for a configuration that is wrong, and says where', () =>
  withRun({ webhooks: { batching: { size: 'many' } } }, [], async (program) => {
    const { status } = await program.ended
    assert.is(status, 1)
    assert.match(program.logText, 'webhooks.batching.size')
  }))

test('fails with 1 when something else listens at its address', () =>
  withReceiver((receiver) =>
    withRun({ apps: [] }, ['--listen', `127.0.0.1:${receiver.port}`], async (program) => {
      const { status } = await program.ended
      assert.is(status, 1)
      assert.match(
        program.log.at(-1)?.msg ?? '',
        `cannot start: cannot listen on 127.0.0.1:${receiver.port}: another process listens there`,
      )
    }),
  ))

test('listens nowhere with --listen none', () =>
  withRun({ apps: [] }, ['--listen', 'none', '--stdin'], async (program) => {
    program.child.stdin.end()
    const { status } = await program.ended
    assert.equal([status, program.log.some(({ url }) => url !== undefined)], [0, false])
  }))

test('is no loss of a signal that comes before it is over', () =>
  withRun({ apps: [] }, [], async (program) => {
    await program.logged('health and metrics')
    program.child.kill('SIGTERM')
    assert.is((await program.ended).status, 0, program.logText)
  }))

test('explains how the program is used, and fails with 2 for what it does not know', async () => {
  const [help, wrong, none] = await Promise.all(
    [['--help'], ['c.json', '--what'], []].map((args) => runProgram(process.execPath, [CLI, 'run', ...args])),
  )
  assert.equal([help?.status, wrong?.status, none?.status], [0, 2, 2])
  assert.match(help?.output ?? '', 'Exit status')
})

test.run()
