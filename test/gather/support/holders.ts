import type { EndpointConfig } from '../../../src/config/model.js'
import { Holder } from '../../../src/gather/holder.js'
import { httpEndpoint } from '../../transport/support/endpoint.js'

/** An endpoint of app 0 as gather knows it. */
export function holderOf(number: number, overrides: Partial<EndpointConfig> = {}, active = true): Holder {
  return new Holder(0, { number, config: httpEndpoint('http://127.0.0.1/', overrides), active, generation: 1 })
}
