import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseConfig, readConfig } from '../../src/config/index.js'
import { inWebhook, problemsOf, withWebhook } from './support.js'

const test = suite('the URL of a webhook')

function targetOf(url: string) {
  const { loaded, warnings } = readConfig(withWebhook({ url }), {})
  const target = loaded?.config.apps[0]?.webhooks[0]?.target
  return { url: target?.kind === 'http' && target.url, warned: warnings.map(({ message }) => message.split(': ')[1]) }
}

const READ: readonly (readonly [given: string, url: string, warned: string])[] = [
  ['HTTPS://Example.com/x', 'https://example.com/x', 'the scheme HTTPS:// is read as https://'],
  ['https://example.com/hook ', 'https://example.com/hook', 'the spaces around the URL are removed'],
  ['\thttps://example.com/hook\n', 'https://example.com/hook', 'the spaces around the URL are removed'],
  [
    'https://example.com/my hook?a=b c',
    'https://example.com/my%20hook?a=b%20c',
    'the spaces in the URL are sent as %20',
  ],
]

for (const [given, url, warned] of READ) {
  test(`${JSON.stringify(given)} is read as ${url}, with a warning`, () => {
    assert.equal(targetOf(given), { url, warned: [warned] })
  })
}

const EXPECTED: readonly (readonly [given: unknown, expected: string])[] = [
  ['ftp://example.com/', 'a URL that starts with http:// or https://'],
  ['example.com', 'a URL that starts with http:// or https://'],
  ['', 'a URL that starts with http:// or https://'],
  [5, 'a URL that starts with http:// or https://'],
  ['https://', 'a URL with a host after http:// or https://'],
  ['https://:443/', 'a URL with a host after http:// or https://'],
  ['https://exa mple.com/', 'a URL without spaces in its host'],
  ['https://example.com:99999/', 'a URL whose port is a number from 0 to 65535'],
  ['https://user:hidden@example.com:port/', 'a URL whose port is a number from 0 to 65535'],
  ['https://[::1]:99999/', 'a URL whose port is a number from 0 to 65535'],
  ['http://[fe80::1%25eth0]/', 'a URL whose host has no zone (%…), which a URL cannot carry'],
  ['http://[1::2::3]/', 'a URL with an IPv6 address in its brackets'],
  ['https://exa^mple/', 'a URL whose host is a valid name or address'],
  ['https://1.2.3.256/', 'a URL whose host is a valid name or address'],
]

for (const [url, expected] of EXPECTED) {
  test(`${JSON.stringify(url)} is refused: expected ${expected}`, () => {
    const problems = problemsOf(() => parseConfig(withWebhook({ url })))
    assert.equal(
      problems.map((problem) => [problem.path, problem.expected]),
      [[inWebhook('.url'), expected]],
    )
  })
}

test('every URL is read so: of a proxy and of a Lambda API too', () => {
  const endpoint = { function_name: 'f', endpoint_url: 'HTTP://localhost:4566' }
  const { loaded } = readConfig(withWebhook({ url: null, lambda: endpoint, proxy: ' http://proxy:3128' }), {})
  const webhook = loaded?.config.apps[0]?.webhooks[0]
  assert.equal(
    [webhook?.proxy, webhook?.target.kind === 'lambda' && webhook.target.endpointUrl],
    ['http://proxy:3128', 'http://localhost:4566'],
  )
})

test.run()
