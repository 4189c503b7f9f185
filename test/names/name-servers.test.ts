import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Answer, answerOfError } from '../../src/names/answer.js'
import { joined, NAME_SERVER_TIMES, nameServers } from '../../src/names/name-servers.js'
import { type NameServer, startNameServer, type Zone } from '../support/name-server.js'
import { found } from './support.js'

const servers = suite('name servers')

const QUICK = { ...NAME_SERVER_TIMES, timeoutMs: 100, deadlineMs: 100 }

function ask(server: NameServer, name: string, times = NAME_SERVER_TIMES): Promise<Answer> {
  return new Promise((resolve) => nameServers([server.address], times)(name, resolve))
}

async function answerFrom(zone: Zone, name: string, times = NAME_SERVER_TIMES): Promise<Answer> {
  const server = await startNameServer(zone)
  const answer = await ask(server, name, times)
  await server.close()
  return answer
}

servers('are asked for both families, and the shortest time to live holds', async () => {
  const answer = await answerFrom(
    { 'a.test': { addresses: ['192.0.2.1', '2001:db8::1', '192.0.2.2'], ttl: 7 } },
    'a.test',
  )
  const addresses = answer.kind === 'found' ? answer.addresses.map(({ address }) => address).sort() : []
  assert.equal([addresses, answer.ttlMs], [['192.0.2.1', '192.0.2.2', '2001:db8::1'], 7000])
})

servers('that know no such name say so', async () => {
  assert.is((await answerFrom({}, 'a.test')).kind, 'absent')
})

servers('that know the name and no address of it say so', async () => {
  assert.is((await answerFrom({ 'a.test': { addresses: [] } }, 'a.test')).kind, 'absent')
})

servers('that fail are not taken at their word', async () => {
  assert.is((await answerFrom({ 'a.test': 'server-failure' }, 'a.test')).kind, 'failed')
})

servers('that never answer fail at the deadline', async () => {
  assert.equal(await answerFrom({ 'a.test': 'silent' }, 'a.test', QUICK), answerOfError('ETIMEOUT'))
})

servers('that answer for one family only give its addresses', async () => {
  const zone: Zone = { 'a.test': { addresses: ['192.0.2.1'], silentFamily: 6 } }
  const answer = await answerFrom(zone, 'a.test')
  assert.equal(answer, found('192.0.2.1', 60_000))
})

servers('that have no address of one family and are silent about the other fail', async () => {
  const zone: Zone = { 'a.test': { addresses: [], silentFamily: 6 } }
  assert.is((await answerFrom(zone, 'a.test', QUICK)).kind, 'failed')
})

servers('are told nothing more once the question is given up', async () => {
  const server = await startNameServer({ 'a.test': 'silent' })
  const answers: Answer[] = []
  const cancel = nameServers([server.address], NAME_SERVER_TIMES)('a.test', (answer) => answers.push(answer))
  await server.askedFor('a.test')
  cancel()
  cancel()
  await server.close()
  assert.equal(answers, [answerOfError('ECANCELLED')])
})

servers('are not asked for what is no name', async () => {
  const answer = await answerFrom({}, `${'x'.repeat(70)}.test`)
  assert.is(answer.kind, 'absent')
})

servers('may be wrong about one family: an address counts more than a failure, that more than none', () => {
  const [absent, failed, address] = [answerOfError('ENODATA'), answerOfError('ESERVFAIL'), found()]
  const kinds = [
    joined(absent, failed),
    joined(failed, absent),
    joined(failed, address),
    joined(address, absent),
    joined(absent, absent),
  ].map(({ kind }) => kind)
  assert.equal(kinds, ['failed', 'failed', 'found', 'found', 'absent'])
})

servers.run()
