import { Command, InvalidArgumentError } from 'commander'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseDuration } from '../../../src/cli/run/duration-text.js'
import { listenAddressText, parseListenAddress } from '../../../src/cli/run/listen-address.js'
import { type GivenOptions, runOptions, settingsOf } from '../../../src/cli/run/options.js'

const test = suite('the options of signpost run')

function settings(args: readonly string[], isTerminal = false) {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined })
  for (const option of runOptions()) command.addOption(option)
  command.parse(args, { from: 'user' })
  return settingsOf('c.json', command.opts<GivenOptions>(), isTerminal)
}

test('have defaults', () => {
  assert.equal(settings([]), {
    config: 'c.json',
    stdin: false,
    listen: { host: '127.0.0.1', port: 6080 },
    drainMs: 30_000,
    maxLineBytes: 1_048_576,
    strict: false,
    log: 'json',
    logLevel: 'info',
  })
})

test('log for people on a terminal, unless they say otherwise', () => {
  assert.equal([settings([], true).log, settings(['--log', 'json'], true).log], ['pretty', 'json'])
})

test('serve nothing with --listen none', () => assert.is(settings(['--listen', 'none']).listen, null))

test('read addresses', () => {
  const texts = ['localhost:0', '0.0.0.0:65535', '[::1]:6080']
  const addresses = texts.map(parseListenAddress)
  assert.equal(
    addresses.map((address) => (address === 'none' ? '' : listenAddressText(address))),
    texts,
  )
})

for (const wrong of ['', '6080', ':6080', '127.0.0.1', 'a:65536', '::1:6080', '[x]:1', 'http://a:1', 'a:-1']) {
  test(`refuse the address ${JSON.stringify(wrong)}`, () =>
    assert.throws(
      () => parseListenAddress(wrong),
      (error: unknown) => error instanceof InvalidArgumentError,
    ))
}

test('read lengths of time', () => {
  assert.equal(['500ms', '30s', '1.5m', '2h', '0s', 'unlimited'].map(parseDuration), [
    500,
    30_000,
    90_000,
    7_200_000,
    0,
    Number.POSITIVE_INFINITY,
  ])
})

for (const wrong of ['', '30', '-1s', 's', '1d', '1e3s', 'Infinity']) {
  test(`refuse the length of time ${JSON.stringify(wrong)}`, () =>
    assert.throws(
      () => parseDuration(wrong),
      (error: unknown) => error instanceof InvalidArgumentError,
    ))
}

test('refuse a line length that is none', () => {
  for (const wrong of ['0', '1.5', 'x', '999999999'])
    assert.throws(() => settings(['--max-line', wrong]), /whole number/)
})

test.run()
