import type { LookupAddress } from 'node:dns'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { EgressConfig } from '../../src/config/model.js'
import { type NameLookup, Names } from '../../src/names/names.js'
import { createEgressGuard, type EgressGuard } from '../../src/transport/egress.js'
import { type Sent, sendOnce } from './support/sending.js'
import { recorder } from './support/servers.js'

const egress = suite('an HTTP delivery')

const PUBLIC_ONLY: EgressConfig = { policy: 'public-only', allow: [] }

/** Sends to a receiver on loopback; tells what came of it and how many connections it saw. */
async function deliver(guard: EgressGuard, host: string): Promise<[Sent, number]> {
  const receiver = await recorder()
  const sent = await sendOnce(`http://${host}:${receiver.port}/`, { requestTimeoutMs: 5000 }, {}, { egress: guard })
  await receiver.close()
  return [sent, receiver.connections()]
}

function answering(...addresses: string[]): NameLookup {
  const all = addresses.map((address): LookupAddress => ({ address, family: 4 }))
  return (_name, _options, callback) => {
    callback(null, all)
    return () => undefined
  }
}

for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '0177.0.0.1', '127.1', '[::ffff:127.0.0.1]', '127.0.0.1.']) {
  egress(`to the refused literal ${host} never connects`, async () => {
    const [{ outcome, cause }, connections] = await deliver(createEgressGuard(PUBLIC_ONLY), host)
    assert.equal([outcome.kind, cause, connections], ['rejected', 'egress-refused', 0])
  })
}

egress('to a name that leads to a refused address never connects', async () => {
  const [{ outcome, cause }, connections] = await deliver(createEgressGuard(PUBLIC_ONLY), 'localhost')
  assert.equal([outcome.kind, cause, connections], ['rejected', 'egress-refused', 0])
})

egress('to a name that leads to a refused address among others never connects', async () => {
  const guard = createEgressGuard({ policy: 'no-metadata', allow: [] }, answering('127.0.0.1', '169.254.169.254'))
  const [{ cause }, connections] = await deliver(guard, 'mixed.test')
  assert.equal([cause, connections], ['egress-refused', 0])
})

egress('whose name led elsewhere by the time of the connection says nothing to it', async () => {
  const guard = createEgressGuard(PUBLIC_ONLY)
  const receiver = await recorder()
  const rebinding: EgressGuard = { ...guard, lookup: new Names().lookup }
  const { outcome, cause } = await sendOnce(`http://localhost:${receiver.port}/`, {}, {}, { egress: rebinding })
  await receiver.close()
  assert.equal([outcome.kind, cause, receiver.received.length], ['rejected', 'egress-refused', 0])
})

egress('to an allowed network goes out', async () => {
  const [{ outcome }] = await deliver(createEgressGuard({ policy: 'public-only', allow: ['127.0.0.0/8'] }), '127.0.0.1')
  assert.is(outcome.kind, 'delivered')
})

egress('that is refused says why', async () => {
  const [{ message }] = await deliver(createEgressGuard(PUBLIC_ONLY, answering('10.0.0.7')), 'hook.test')
  assert.match(message, 'hook.test resolves to 10.0.0.7 (private), which is refused by the egress policy public-only')
})

egress.run()
