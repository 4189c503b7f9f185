import type { LookupAddress, LookupOptions } from 'node:dns'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import { NameError } from '../../src/names/name-error.js'
import { type NameLookup, Names, type NamesOptions } from '../../src/names/names.js'
import type { SystemLookup } from '../../src/names/system-resolver.js'
import { type NameServer, startNameServer, type Zone } from '../support/name-server.js'

const names = suite('names')

interface Rig extends AsyncDisposable {
  readonly server: NameServer
  /** Names that the system's resolver was asked for. */
  readonly system: string[]
  readonly lookup: NameLookup
  ask(name: string, options?: LookupOptions): Promise<string>
  pass(ms: number): void
}

/** Names over a name server of the test's own; the system's resolver gives every name the address 192.0.2.99. */
async function rig(zone: Zone, options: NamesOptions = {}): Promise<Rig> {
  const server = await startNameServer(zone)
  const system: string[] = []
  let nowMs = 0
  const systemLookup: SystemLookup = (name, _options, callback) => {
    system.push(name)
    setImmediate(callback, null, [{ address: '192.0.2.99', family: 4 }])
  }
  const { lookup } = new Names({
    servers: [server.address],
    hostsFile: '/nowhere/hosts',
    systemLookup,
    nowMs: () => nowMs,
    ...options,
  })
  return {
    server,
    system,
    lookup,
    ask: (name, lookupOptions = { all: true }) => ask(lookup, name, lookupOptions),
    pass: (ms) => {
      nowMs += ms
    },
    [Symbol.asyncDispose]: () => server.close(),
  }
}

/** The addresses, or the code of the error. */
function ask(lookup: NameLookup, name: string, options: LookupOptions): Promise<string> {
  return new Promise((resolve) => {
    lookup(name, options, (error, answer) => resolve(error === null ? shown(answer) : (error.code ?? error.name)))
  })
}

function shown(answer: string | LookupAddress[]): string {
  return typeof answer === 'string' ? answer : answer.map(({ address }) => address).join(' ')
}

names('under localhost are loopback, and nobody is asked', async () => {
  await using made = await rig({ localhost: { addresses: ['192.0.2.1'] } })
  const answers = [await made.ask('localhost'), await made.ask('App.LOCALHOST.')]
  assert.equal([answers, made.server.asked, made.system], [['127.0.0.1 ::1', '127.0.0.1 ::1'], [], []])
})

names('under invalid have no address, and nobody is asked', async () => {
  await using made = await rig({})
  assert.equal([await made.ask('nowhere.invalid'), made.server.asked, made.system], ['ENOTFOUND', [], []])
})

names('that are addresses are these', async () => {
  await using made = await rig({})
  assert.equal([await made.ask('192.0.2.7'), await made.ask('::1')], ['192.0.2.7', '::1'])
})

names('in the hosts file are not asked for', async () => {
  const folder = temporaryFolder()
  await using made = await rig(
    { 'a.test': { addresses: ['192.0.2.1'] } },
    { hostsFile: folder.write('hosts', '192.0.2.50 a.test') },
  )
  const answer = await made.ask('A.test')
  folder.remove()
  assert.equal([answer, made.server.asked], ['192.0.2.50', []])
})

names('are answered by the name server, without the system', async () => {
  await using made = await rig({ 'a.test': { addresses: ['192.0.2.1'] } })
  assert.equal([await made.ask('a.test'), made.system], ['192.0.2.1', []])
})

names('are asked for once, by whatever number at once', async () => {
  await using made = await rig({ 'a.test': { addresses: ['192.0.2.1'] } })
  await Promise.all(Array.from({ length: 20 }, () => made.ask('a.test')))
  assert.equal([...made.server.asked].sort(), ['a.test 4', 'a.test 6'])
})

names('are asked for again when their time to live is over', async () => {
  await using made = await rig({ 'a.test': { addresses: ['192.0.2.1'], ttl: 30 } })
  const answers = [await made.ask('a.test')]
  made.server.zone['a.test'] = { addresses: ['192.0.2.2'] }
  made.pass(29_999)
  answers.push(await made.ask('a.test'))
  made.pass(1)
  answers.push(await made.ask('a.test'))
  assert.equal(answers, ['192.0.2.1', '192.0.2.1', '192.0.2.2'])
})

names('that the name server does not know are asked of the system, once', async () => {
  await using made = await rig({})
  const answers = await Promise.all([made.ask('printer'), made.ask('printer')])
  made.pass(9_999)
  answers.push(await made.ask('printer'))
  assert.equal([answers, made.system], [['192.0.2.99', '192.0.2.99', '192.0.2.99'], ['printer']])
})

names('that nobody can say anything about are not asked of the system', async () => {
  await using made = await rig({ 'a.test': 'server-failure' })
  assert.equal([await made.ask('a.test'), made.system], ['EAI_AGAIN', []])
})

names('that failed are asked for again a second later', async () => {
  await using made = await rig({ 'a.test': 'server-failure' })
  const answers = [await made.ask('a.test')]
  made.server.zone['a.test'] = { addresses: ['192.0.2.1'] }
  answers.push(await made.ask('a.test'))
  made.pass(1_000)
  answers.push(await made.ask('a.test'))
  assert.equal(answers, ['EAI_AGAIN', 'EAI_AGAIN', '192.0.2.1'])
})

names('without an answer hold nobody else up', async () => {
  const silent = Array.from({ length: 200 }, (_, index) => `silent${index}.test`)
  const zone: Zone = { 'a.test': { addresses: ['192.0.2.1'] } }
  for (const name of silent) zone[name] = 'silent'
  await using made = await rig(zone, { times: { timeoutMs: 50, deadlineMs: 50 } })
  await Promise.all(silent.map((name) => made.ask(name)))
  made.pass(1_000)
  const asked = made.server.asked.length
  const slow = Promise.all(silent.map((name) => made.ask(name)))
  const answer = await made.ask('a.test')
  const before = made.server.asked.slice(asked).findIndex((question) => question.startsWith('a.test'))
  await slow
  assert.ok(answer === '192.0.2.1' && before <= 2 * 16, `${answer} after ${before} questions`)
})

names('that nobody waits for any more are forgotten', async () => {
  await using made = await rig({ 'a.test': 'silent' })
  const cancel = made.lookup('a.test', { all: true }, () => assert.unreachable())
  await made.server.askedFor('a.test')
  cancel()
  made.server.zone['a.test'] = { addresses: ['192.0.2.1'] }
  assert.is(await made.ask('a.test'), '192.0.2.1')
})

names('give one address or all, of the family that is wanted', async () => {
  await using made = await rig({ 'a.test': { addresses: ['192.0.2.1', '2001:db8::1'] } })
  const options: LookupOptions[] = [
    { family: 4 },
    { family: 'IPv6' },
    { all: true, family: 4 },
    { all: true, family: 6 },
  ]
  const answers = await Promise.all(options.map((wanted) => made.ask('a.test', wanted)))
  assert.equal(answers, ['192.0.2.1', '2001:db8::1', '192.0.2.1', '2001:db8::1'])
})

names('without an address of the wanted family have none', async () => {
  await using made = await rig({ 'a.test': { addresses: ['192.0.2.1'] } })
  assert.is(await made.ask('a.test', { family: 6 }), 'ENOTFOUND')
})

names('that lead nowhere are named, with what the name server said', () => {
  assert.equal(
    [new NameError('a.test', true, 'ENODATA').message, new NameError('a.test', false, 'ETIMEOUT').message],
    ['a.test is a name without an address (ENODATA)', 'a.test cannot be resolved now (ETIMEOUT)'],
  )
})

names.run()
