import { makeCertificate } from '../../scripts/certificate.js'
import { type Fault, startReceiver } from '../../src/testing/index.js'

const FAULTS: readonly Fault[] = [
  { hang: true },
  { dripMs: 1000 },
  { dripHeadMs: 1000 },
  { endless: true },
  { closeMidResponse: true },
  { close: true },
  { reset: true, beforeBody: true },
  { status: 500 },
  { status: 410 },
  { status: 413 },
  { status: 429, retryAfter: 1 },
  { redirect: '/webhooks' },
  { hugeHeaderBytes: 1_000_000 },
  { garbage: true },
]
const LONG_AGO = new Date('2020-01-01')
const LESS_LONG_AGO = new Date('2020-02-01')

async function failing(fault: Fault): Promise<string> {
  const receiver = await startReceiver({ verify: false })
  receiver.fail(fault)
  return receiver.url
}

/** A port at which nobody listens. */
async function refusing(): Promise<string> {
  const receiver = await startReceiver({ verify: false })
  await receiver.close()
  return receiver.url
}

async function expired(): Promise<string> {
  const { cert, key } = await makeCertificate({ notBefore: LONG_AGO, notAfter: LESS_LONG_AGO })
  return (await startReceiver({ verify: false, tls: { cert, key } })).url
}

const urls = await Promise.all([...FAULTS.map(failing), refusing(), expired()])
process.send?.({ port: 0 })
process.on('message', () => process.send?.(urls))
process.on('disconnect', () => process.exit())
