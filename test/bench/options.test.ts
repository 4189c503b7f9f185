import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseOptions, UsageError } from '../../bench/options.js'

const test = suite('bench options')
const NAMES = ['hand-over', 'throughput', 'memory']

function usageError(args: readonly string[]): string {
  try {
    parseOptions(args, NAMES)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return ''
}

test('without any, everything runs in full', () => {
  assert.equal(parseOptions([], NAMES), { isQuick: false, scenarios: NAMES, compareWith: null, action: 'run' })
})

test('--only takes a part of a name', () => {
  assert.equal(parseOptions(['--only', 'over'], NAMES).scenarios, ['hand-over'])
})

test('--only takes one scenario alone whose name is part of others', () => {
  assert.equal(parseOptions(['--only', 'disk'], ['disk', 'disk-kill', 'memory']).scenarios, ['disk'])
})

test('--only may be given several times and keeps the order of the scenarios', () => {
  assert.equal(parseOptions(['--only', 'mem', '--only', 'hand'], NAMES).scenarios, ['hand-over', 'memory'])
})

test('--compare takes a revision', () => {
  assert.is(parseOptions(['--compare', 'HEAD~1'], NAMES).compareWith, 'HEAD~1')
})

test('--help wins over --list', () => {
  assert.is(parseOptions(['--list', '--help'], NAMES).action, 'help')
})

test('a name that no scenario has is an error that lists them', () => {
  assert.match(usageError(['--only', 'speed']), 'there are: hand-over, throughput, memory')
})

test('an unknown option is an error that names it', () => {
  assert.match(usageError(['--quik']), '--quik')
})

test('an option without its value is an error', () => {
  assert.match(usageError(['--compare']), '--compare')
})

test.run()
