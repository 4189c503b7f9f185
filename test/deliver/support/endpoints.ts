import type { EndpointConfig } from '../../../src/config/model.js'
import { Endpoint } from '../../../src/deliver/endpoint.js'
import { httpEndpoint, testApp } from '../../transport/support/endpoint.js'

/** An endpoint as deliver knows it, without a courier. */
export function endpointOf(number: number, overrides: Partial<EndpointConfig> = {}, appId = testApp.id): Endpoint {
  const config = httpEndpoint('http://127.0.0.1/', { id: `endpoint-${number}`, ...overrides })
  return new Endpoint(number, 0, { ...testApp, id: appId }, config, 1)
}
