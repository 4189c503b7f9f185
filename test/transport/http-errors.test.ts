import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EgressRefusedError } from '../../src/transport/egress.js'
import { DeliveryError, failureOf, outcomeOfError } from '../../src/transport/http-errors.js'
import type { FailureCause } from '../../src/transport/transport.js'

const errors = suite('an error')

function coded(code: string): Error {
  return Object.assign(new Error('secret detail'), { code })
}

const CAUSES: readonly (readonly [code: string, cause: FailureCause])[] = [
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['UND_ERR_SOCKET', 'reset'],
  ['UND_ERR_HEADERS_OVERFLOW', 'protocol'],
  ['HPE_INVALID_CONSTANT', 'protocol'],
  ['ERR_HTTP2_SESSION_ERROR', 'protocol'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tls'],
  ['ERR_INVALID_CHAR', 'configuration'],
  ['ETIMEDOUT', 'timeout'],
]

for (const [code, cause] of CAUSES) {
  errors(`with the code ${code} has the cause ${cause}, and names the receiver only`, () => {
    const failure = failureOf(coded(code), 'host:443')
    assert.equal(
      [failure.cause, failure.message.startsWith('host:443 '), failure.message.includes('secret')],
      [cause, true, false],
    )
  })
}

errors('that nobody foresaw is told as it is', () => {
  assert.equal(failureOf(new Error('bug'), 'host:80'), { cause: 'internal', status: null, message: 'host:80: bug' })
})

for (const code of [
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'ERR_INVALID_ARG_TYPE',
  'EMFILE',
  'ERR_MODULE_NOT_FOUND',
]) {
  errors(`of a library that nothing proves to be the configuration’s, as ${code}, is tried again`, () => {
    const outcome = outcomeOfError(coded(code), 'host:80')
    assert.equal([outcome.kind, outcome.kind === 'retry' && outcome.failure.cause], ['retry', 'internal'])
  })
}

errors('of the configuration is final', () => {
  assert.is(outcomeOfError(new DeliveryError('configuration', 'x'), 'host:80').kind, 'rejected')
})

errors('of the egress guard is final', () => {
  const refusal = { address: '127.0.0.1', policy: 'public-only', label: 'loopback', message: 'refused' } as const
  assert.is(outcomeOfError(new EgressRefusedError(refusal), 'host:80').kind, 'rejected')
})

errors('of the network is tried again', () => {
  assert.is(outcomeOfError(coded('ECONNRESET'), 'host:80').kind, 'retry')
})

errors.run()
