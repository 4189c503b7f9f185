import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Names } from '../../src/names/names.js'
import type { SystemLookup } from '../../src/names/system-resolver.js'
import { createEgressGuard } from '../../src/transport/egress.js'
import type { Outcome } from '../../src/transport/transport.js'
import { type NameServer, startNameServer, type Zone } from '../support/name-server.js'
import { httpEndpoint, testApp } from './support/endpoint.js'
import { describe, httpTransports, OPEN_EGRESS, send } from './support/sending.js'
import { type Recorder, recorder } from './support/servers.js'

const names = suite('names of HTTP targets')

interface Rig extends AsyncDisposable {
  readonly receiver: Recorder
  readonly server: NameServer
  /** Names that the system's resolver was asked for. */
  readonly system: string[]
  /** Sends to a name, over connections that all share. */
  send(name: string): Promise<Outcome>
}

async function rig(zone: Zone): Promise<Rig> {
  const server = await startNameServer(zone)
  const receiver = await recorder()
  const system: string[] = []
  const systemLookup: SystemLookup = (name, _options, callback) => {
    system.push(name)
    setImmediate(callback, null, [{ address: '127.0.0.1', family: 4 }])
  }
  const { lookup } = new Names({ servers: [server.address], hostsFile: '/nowhere/hosts', systemLookup })
  const transports = httpTransports({ egress: createEgressGuard(OPEN_EGRESS, lookup) })
  return {
    receiver,
    server,
    system,
    send: (name) => send(transports.open(testApp, httpEndpoint(`http://${name}:${receiver.port}/`))),
    [Symbol.asyncDispose]: async () => {
      await transports.close()
      await receiver.close()
      await server.close()
    },
  }
}

names('that nobody answers for leave the others alone', async () => {
  const zone: Zone = { 'good.test': { addresses: ['127.0.0.1'] } }
  const silent = Array.from({ length: 50 }, (_, index) => `silent${index}.test`)
  for (const name of silent) zone[name] = 'silent'
  await using made = await rig(zone)
  let ended = 0
  for (const name of silent)
    void made.send(name).then(() => {
      ended += 1
    })
  for (const name of silent) await made.server.askedFor(name)
  const outcome = await made.send('good.test')
  assert.equal([outcome.kind, ended, made.system], ['delivered', 0, []])
})

names('are asked for once by requests that begin together', async () => {
  await using made = await rig({ 'good.test': { addresses: ['127.0.0.1'] } })
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => made.send('good.test')))
  assert.equal(
    [new Set(outcomes.map(({ kind }) => kind)), [...made.server.asked].sort()],
    [new Set(['delivered']), ['good.test 4', 'good.test 6']],
  )
})

names('that only the system knows are asked of it once', async () => {
  await using made = await rig({})
  const outcomes = await Promise.all([made.send('printer'), made.send('printer')])
  assert.equal([outcomes.map(({ kind }) => kind), made.system], [['delivered', 'delivered'], ['printer']])
})

names('with an address where nobody listens are reached at the next one', async () => {
  await using made = await rig({ 'good.test': { addresses: ['::1', '127.0.0.1'] } })
  assert.is((await made.send('good.test')).kind, 'delivered')
})

names('that cannot be resolved are named, with what the name server said', async () => {
  await using made = await rig({ 'bad.test': 'server-failure' })
  const { cause, message } = describe(await made.send('bad.test'))
  assert.equal([cause, message], ['connect', `bad.test:${made.receiver.port} cannot be resolved now (ESERVFAIL)`])
})

names.run()
