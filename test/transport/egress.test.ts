import type { LookupAddress } from 'node:dns'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { EgressPolicy } from '../../src/config/model.js'
import type { NameLookup } from '../../src/names/names.js'
import { createEgressGuard, EgressRefusedError } from '../../src/transport/egress.js'

const guard = suite('egress guard')

function refuses(policy: EgressPolicy, address: string, allow: string[] = []): boolean {
  return createEgressGuard({ policy, allow }).check(address) !== null
}

const LOOPBACK = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '2130706433',
  '0177.0.0.1',
  '00000177.0.0.1',
  '0x7f.1',
  '0x7f000001',
  '0x7f.0x0.0x0.0x1',
  '017700000001',
  '127.0.0.1.',
  '[::1]',
  '::1',
  '0:0:0:0:0:0:0:1',
  '::1%lo',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '[::ffff:127.0.0.1]',
  '::127.0.0.1',
  '::ffff:0:127.0.0.1',
  '64:ff9b::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::7f00:1',
  '2002:7f00:1::',
  '2001:0:7f00:1::',
  '2001:0:4136:e378:8000:63bf:80ff:fffe',
  '2a00:1450::5efe:7f00:1',
  '2a00:1450::200:5efe:7f00:1',
]

const NOT_PUBLIC = [
  '0.0.0.0',
  '0',
  '10.0.0.1',
  '012.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '3232235777',
  '100.64.0.1',
  '192.0.2.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  'fc00::1',
  'fd12:3456::1',
  'fec0::1',
  'ff02::1',
  '2001:db8::1',
  '4000::1',
  '100::1',
  '64:ff9b::10.0.0.1',
  '::ffff:192.168.1.1',
]

const METADATA = [
  '169.254.169.254',
  '169.254.170.2',
  '169.254.0.1',
  '2852039166',
  '0xa9fea9fe',
  '0251.0376.0251.0376',
  '::ffff:169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::a9fe:a9fe',
  '64:ff9b:1:5::a9fe:a9fe',
  '64:ff9b:1:a9fe:a9:fe00::',
  '64:ff9b:1:a9:fe:a9fe::',
  '64:ff9b:1:0:a9:fea9:fe00::',
  '::a9fe:a9fe',
  '::ffff:0:a9fe:a9fe',
  '2002:a9fe:a9fe::1',
  'fe80::1',
  'fe80::1%eth0',
  'fd00:ec2::254',
  'fd20:ce::254',
  'fd00:42::42',
  'fd00:a9fe:a9fe::1',
  'fd00:c1::a9fe:a9fe',
  'fd00:100::100:200',
  '100.100.100.200',
  '64:ff9b::100.100.100.200',
  '100.96.0.96',
  '100.80.80.80',
  '168.63.129.16',
  '192.0.0.192',
]

const PUBLIC = ['8.8.8.8', '134744072', '2606:4700:4700::1111', '64:ff9b::8.8.8.8', '::ffff:8.8.8.8']

for (const address of [...LOOPBACK, ...NOT_PUBLIC, ...METADATA]) {
  guard(`public-only refuses ${address}`, () => {
    assert.ok(refuses('public-only', address))
  })
}

for (const address of METADATA) {
  guard(`no-metadata refuses ${address}`, () => {
    assert.ok(refuses('no-metadata', address))
  })
}

guard('no-metadata lets private networks and loopback through', () => {
  const refused = ['127.0.0.1', '10.0.0.1', '192.168.1.1', '::1', 'fd12:3456::1'].filter((address) =>
    refuses('no-metadata', address),
  )
  assert.equal(refused, [])
})

guard('public-only lets public unicast through', () => {
  assert.equal(
    PUBLIC.filter((address) => refuses('public-only', address)),
    [],
  )
})

guard('the allow list lifts public-only for its networks, in every spelling', () => {
  const refused = ['10.1.2.3', '167838211', '::ffff:10.1.2.3', '64:ff9b::10.1.2.3', '10.2.0.1', '::1'].map((address) =>
    refuses('public-only', address, ['10.1.0.0/16']),
  )
  assert.equal(refused, [false, false, false, false, true, true])
})

guard('the allow list lifts no-metadata, and takes single addresses', () => {
  const refused = ['169.254.170.2', '169.254.169.254'].map((address) =>
    refuses('no-metadata', address, ['169.254.170.2']),
  )
  assert.equal(refused, [false, true])
})

guard('a name is no address', () => {
  assert.is(refuses('public-only', 'localhost'), false)
})

guard('a URL is refused for the address in it, as a browser would read it', () => {
  const { checkUrl } = createEgressGuard({ policy: 'public-only', allow: [] })
  const urls = ['http://2130706433/', 'http://0x7f.1:8080/x', 'http://[::ffff:7f00:1]/', 'http://１２７.0.0.1/']
  assert.equal(
    urls.filter((url) => checkUrl(url) === null),
    [],
  )
})

guard('a refusal names the address, what it is, and the policy', () => {
  const refusal = createEgressGuard({ policy: 'public-only', allow: [] }).check('2130706433')
  assert.is(
    refusal?.message,
    '127.0.0.1 (loopback) is refused by the egress policy public-only; if it is meant, name it in webhooks.egress.allow',
  )
})

guard('every IPv4 address is judged alike, plain, mapped and behind a NAT64', () => {
  const octet = fc.integer({ min: 0, max: 255 })
  fc.assert(
    fc.property(octet, octet, octet, octet, fc.constantFrom<EgressPolicy>('public-only', 'no-metadata'), (...given) => {
      const [a, b, c, d, policy] = given
      const plain = `${a}.${b}.${c}.${d}`
      const spellings = [plain, String(((a * 256 + b) * 256 + c) * 256 + d), `::ffff:${plain}`, `64:ff9b::${plain}`]
      return new Set(spellings.map((spelling) => refuses(policy, spelling))).size === 1
    }),
  )
})

const resolver = suite('egress guard, resolving')

function answering(...addresses: string[]): NameLookup {
  return (_name, _options, callback) => {
    callback(
      null,
      addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
    return () => undefined
  }
}

function resolve(policy: EgressPolicy, lookup: NameLookup): Promise<Error | string> {
  return new Promise((done) => {
    createEgressGuard({ policy, allow: [] }, lookup).lookup('hook.test', { all: true }, (error, answer) =>
      done(error ?? JSON.stringify(answer)),
    )
  })
}

resolver('refuses a name that leads to a refused address', async () => {
  assert.instance(await resolve('public-only', answering('127.0.0.1')), EgressRefusedError)
})

resolver('refuses a mixed answer whole', async () => {
  assert.instance(await resolve('no-metadata', answering('8.8.8.8', '169.254.169.254')), EgressRefusedError)
})

resolver('says which name led where', async () => {
  const error = await resolve('public-only', answering('10.0.0.1'))
  assert.match(
    String(error),
    'hook.test resolves to 10.0.0.1 (private), which is refused by the egress policy public-only',
  )
})

resolver('hands on an answer that may be used', async () => {
  assert.is(await resolve('public-only', answering('8.8.8.8')), '[{"address":"8.8.8.8","family":4}]')
})

resolver('judges a single answer too', async () => {
  const single: NameLookup = (_name, _options, callback) => {
    callback(null, '127.0.0.1', 4)
    return () => undefined
  }
  assert.instance(await resolve('public-only', single), EgressRefusedError)
})

resolver('hands on that a name is unknown', async () => {
  const failure = Object.assign(new Error('unknown'), { code: 'ENOTFOUND' })
  const unknown: NameLookup = (_name, _options, callback) => {
    callback(failure, '', 0)
    return () => undefined
  }
  assert.is(await resolve('public-only', unknown), failure)
})

guard.run()
resolver.run()
