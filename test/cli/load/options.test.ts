import { Command } from 'commander'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type GivenOptions, loadOptions, settingsOf } from '../../../src/cli/load/options.js'
import type { LoadSettings } from '../../../src/cli/load/settings.js'

const test = suite('signpost load: options')

/** @throws CommanderError with what the user is told */
function settings(...args: string[]): LoadSettings {
  const command = new Command('load').exitOverride().configureOutput({ writeErr: () => undefined })
  for (const option of loadOptions()) command.addOption(option)
  return settingsOf(command.parse(args, { from: 'user' }).opts<GivenOptions>())
}

test('emits for ten seconds unless told otherwise', () => {
  const { rate, seconds, events } = settings()
  assert.equal({ rate, seconds, events }, { rate: 10_000, seconds: 10, events: null })
})

test('a number of events ends a run without a time', () => {
  assert.is(settings('--events', '500').seconds, null)
})

test('takes "max" for a rate', () => {
  assert.is(settings('--rate', 'max').rate, 'max')
})

test('takes a size or a range of sizes', () => {
  const [one, two] = [settings('--payload', '64').payload, settings('--payload', '64-512').payload]
  assert.equal(
    [one, two],
    [
      { least: 64, most: 64 },
      { least: 64, most: 512 },
    ],
  )
})

test('leaves out the first two seconds of latencies, but never more than a quarter', () => {
  const warmUps = [settings('--seconds', '60'), settings('--seconds', '2'), settings('--rate', 'max', '--events', '9')]
  assert.equal(
    warmUps.map(({ warmUpSeconds }) => warmUpSeconds),
    [2, 0.5, 0],
  )
})

const wrong: readonly (readonly [option: string, value: string, expected: RegExp])[] = [
  ['--rate', 'fast', /"max" or a number from 0.001/],
  ['--seconds', '0', /a number from 0.1 to 604800 \(seconds\)/],
  ['--apps', '100001', /a whole number from 1 to 100000 \(apps\)/],
  ['--apps', '1.5', /a whole number/],
  ['--distribution', 'flat', /even, in-turn, zipf/],
  ['--payload', '9-3', /A at most B/],
  ['--fail-share', '1.1', /a number from 0 to 1/],
  ['--mix', 'nobody=1', /kinds of member/],
  ['--verify', '-1', /a whole number from 0/],
]

for (const [option, value, expected] of wrong) {
  test(`says what ${option} expects instead of ${value}`, () => {
    assert.throws(
      () => settings(`${option}=${value}`),
      (error: Error) => error.message.includes(option) && error.message.includes(value) && expected.test(error.message),
    )
  })
}

test.run()
