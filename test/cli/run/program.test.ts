// time limit: 300 s

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { appWith, withReceiver } from '../../support/dispatcher.js'
import { memberLine, usersOf, withRun } from './support.js'

const test = suite('signpost run')

test('delivers what comes on its standard input and ends with it', () =>
  withReceiver((receiver) =>
    withRun({ apps: [appWith([{ url: receiver.url }])] }, ['--stdin'], async (program) => {
      const good = [memberLine(1), memberLine(2).replace('\n', '\r\n'), memberLine(3).trim()]
      program.child.stdin.end(`${good[0]}${good[1]}\nnonsense\n${memberLine(9, 'nobody')}${good[2]}`)
      const { status } = await program.ended
      const users = usersOf(receiver)
      assert.equal([status, users.toSorted()], [0, ['1', '2', '3']], program.logText)
      assert.match(
        program.exitLine.msg,
        /accepted: 3, refused: 1 \(unknown_app: 1 \(line 5\)\), invalid lines: 1 \(line 4\), delivered: 3/,
      )
    }),
  ))

test('counts lines that are too long, and goes on', () =>
  withReceiver((receiver) =>
    withRun({ apps: [appWith([{ url: receiver.url }])] }, ['--stdin', '--max-line', '200'], async (program) => {
      program.child.stdin.end(`${memberLine(1)}${memberLine(2, 'app', 'x'.repeat(500))}${memberLine(3)}`)
      const { status } = await program.ended
      assert.equal([status, receiver.received.length], [0, 2])
      assert.match(program.exitLine.msg, 'invalid lines: 1 (line 2)')
    }),
  ))

test('fails with --strict for a line that was not accepted', () =>
  withRun({ apps: [appWith([])] }, ['--stdin', '--strict'], async (program) => {
    program.child.stdin.end('nonsense\n')
    assert.is((await program.ended).status, 4)
  }))

test('ends with 3 and logs it when events were given up', () =>
  withReceiver((receiver) =>
    withRun(
      { apps: [appWith([{ url: receiver.url }])], webhooks: { retry: { enabled: false } } },
      ['--stdin'],
      async (program) => {
        receiver.fail({ status: 500 })
        program.child.stdin.end(memberLine(1))
        const { status } = await program.ended
        const line = program.log.find(({ msg }) => msg === 'events were given up')
        assert.equal([status, line?.level, line?.app, line?.status], [3, 'error', 'app', 500], program.logText)
      },
    ),
  ))

test('ends with 3 and names what is left when the time to drain is over', () =>
  withReceiver((receiver) =>
    withRun(
      { apps: [appWith([{ url: receiver.url, id: 'hook' }])] },
      ['--stdin', '--drain', '200ms'],
      async (program) => {
        receiver.fail({ hang: true })
        program.child.stdin.end(memberLine(1))
        const { status } = await program.ended
        const { undelivered, undeliveredEndpoints } = program.exitLine
        assert.equal(
          [status, undelivered, undeliveredEndpoints],
          [3, 1, [{ app: 'app', endpoint: 'hook', events: 1 }]],
          program.logText,
        )
      },
    ),
  ))

test.run()
