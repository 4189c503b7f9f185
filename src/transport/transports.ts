import type { AppConfig, EgressConfig, EndpointConfig } from '../config/model.js'
import { Names, type NamesOptions } from '../names/names.js'
import { createEgressGuard } from './egress.js'
import { createHttpTransports } from './http.js'
import { createLambdaTransports } from './lambda.js'
import type { Transports } from './transport.js'

export interface TransportsOptions {
  readonly egress: EgressConfig
  /** Signpost's version, for the `User-Agent`. */
  readonly version: string
  readonly names?: NamesOptions
  /** Unix time in ms. */
  readonly now?: () => number
}

/** The transports of a shard. A new kind of target is a file beside this and a line in the table. */
export function createTransports(options: TransportsOptions): Transports {
  const egress = createEgressGuard(options.egress, new Names(options.names).lookup)
  const kinds: Readonly<Record<EndpointConfig['target']['kind'], Transports>> = {
    http: createHttpTransports({
      egress,
      userAgent: `Signpost/${options.version}`,
      ...(options.now === undefined ? {} : { now: options.now }),
    }),
    lambda: createLambdaTransports({ egress }),
  }
  return {
    open: (app: AppConfig, endpoint: EndpointConfig) => kinds[endpoint.target.kind].open(app, endpoint),
    close: async () => {
      await Promise.all(Object.values(kinds).map((transports) => transports.close()))
    },
  }
}
