import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { signedRegion } from '../../scripts/sigv4.js'

const sigv4 = suite('Signature Version 4 for tests')

// AWS's own published test vector, get-vanilla-query-order-key-case.
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const request = {
  method: 'GET',
  url: '/?Param2=value2&Param1=value1',
  headers: {
    host: 'example.amazonaws.com',
    'x-amz-date': '20150830T123600Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, ' +
      'Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
  body: Buffer.alloc(0),
}

sigv4("accepts AWS's test vector", () => {
  assert.is(signedRegion(request, credentials), 'us-east-1')
})

sigv4('refuses a request that was changed', () => {
  assert.is(signedRegion({ ...request, body: Buffer.from('x') }, credentials), null)
})

sigv4("refuses another account's request", () => {
  assert.is(signedRegion(request, { ...credentials, secretAccessKey: 'another' }), null)
})

sigv4('refuses a request without a signature', () => {
  assert.is(signedRegion({ ...request, headers: {} }, credentials), null)
})

sigv4.run()
