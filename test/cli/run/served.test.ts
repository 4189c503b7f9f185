import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { appWith, withReceiver } from '../../support/dispatcher.js'
import { until } from '../../support/until.js'
import { memberLine, withRun } from './support.js'

const test = suite('what signpost run serves')

test('is health and metrics', () =>
  withReceiver((receiver) =>
    withRun({ apps: [appWith([{ url: receiver.url }])] }, ['--stdin'], async (program) => {
      await program.started()
      program.child.stdin.write(memberLine(1))
      const metrics = await program.url('/metrics')
      await until(async () => /^signpost_delivered_total\{shard="0"\} 1$/m.test(await (await fetch(metrics)).text()))
      const [live, ready, text, unknown, posted, head] = await Promise.all([
        fetch(await program.url('/livez')),
        fetch(await program.url('/readyz')),
        fetch(metrics),
        fetch(await program.url('/')),
        fetch(metrics, { method: 'POST', body: 'x' }),
        fetch(metrics, { method: 'HEAD' }),
      ])
      assert.equal(
        [live, ready, text, unknown, posted, head].map(({ status }) => status),
        [200, 200, 200, 404, 405, 200],
      )
      assert.equal(
        [text.headers.get('content-type'), posted.headers.get('allow')],
        ['text/plain; version=0.0.4; charset=utf-8', 'GET, HEAD'],
      )
    }),
  ))

test.run()
