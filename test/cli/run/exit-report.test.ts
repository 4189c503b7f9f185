import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { exitReport, type Outcome } from '../../../src/cli/run/exit-report.js'
import { LineTally } from '../../../src/cli/run/line-tally.js'
import type { Stats } from '../../../src/index.js'

const test = suite('the end of signpost run')

function report(more: Partial<Outcome>, counted: Partial<Stats> = {}) {
  const stats = { delivered: 0, failed: 0, dropped_oldest: 0, uninterested: 0, ...counted } as Stats
  const undelivered = { events: 0, endpoints: [] }
  return exitReport({
    ending: 'end-of-input',
    stats,
    undelivered,
    lines: null,
    isStrict: false,
    ranMs: 12_345,
    ...more,
  })
}

function tally() {
  const lines = new LineTally()
  for (const _ of [1, 2, 3]) lines.accepted()
  lines.invalid(2)
  lines.invalid(5)
  lines.refused(7, 'unknown_app')
  return lines.totals
}

test('says what has become of every line', () => {
  assert.is(
    report({ lines: tally() }, { delivered: 3 }).message,
    'ended after 12 s: accepted: 3, refused: 1 (unknown_app: 1 (line 7)), invalid lines: 2 (lines 2, 5), ' +
      'delivered: 3, given up: 0, dropped: 0, undelivered: 0',
  )
})

test('counts events that no webhook wants', () => {
  assert.match(report({}, { uninterested: 2 }).message, 'wanted by no webhook: 2, delivered: 0')
})

test('names the first lines and counts the others', () => {
  const lines = new LineTally()
  for (let line = 1; line <= 1000; line++) lines.invalid(line)
  const { message } = report({ lines: lines.totals })
  assert.match(message, /invalid lines: 1000 \(lines 1, 2, .*, 20, …\)/)
})

test('has a status that says whether all was delivered', () => {
  const left = { events: 1, endpoints: [] }
  const cut = new LineTally()
  cut.notTaken()
  assert.equal(
    [
      report({}).status,
      report({ lines: tally() }).status,
      report({ lines: tally(), isStrict: true }).status,
      report({ undelivered: left }).status,
      report({ lines: cut.totals, ending: 'signal' }).status,
      report({}, { failed: 1 }).status,
      report({}, { dropped_oldest: 1 }).status,
      report({ ending: 'signal' }, { failed: 1 }).status,
      report({ ending: 'input-failed' }).status,
    ],
    [0, 0, 4, 3, 3, 3, 3, 0, 1],
  )
})

test.run()
