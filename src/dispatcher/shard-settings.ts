import type { Config } from '../config/model.js'
import type { ShardSettings } from '../shard/messages.js'
import { version } from '../version.js'

/**
 * What of the configuration a shard's thread needs.
 * @param cores that the process may use
 */
export function shardSettings(config: Config, cores: number): ShardSettings {
  const { batching, payloadFormat, flapWindowMs, egress, dispatcher, deadLetters } = config
  return {
    version,
    maxEvents: batching.enabled ? batching.maxEvents : 1,
    maxBytes: batching.maxBytes,
    durationMs: batching.enabled ? batching.durationMs : 0,
    payloadFormat,
    flapWindowMs,
    egress,
    onFull: dispatcher.onFull,
    endpointShare: dispatcher.endpointShare,
    maxInFlight: dispatcher.maxInFlight,
    deadLetterShare: deadLetters.arenaShare,
    // True with the default number of shards: they and the host are as many busy threads as there are cores.
    sharesCore: dispatcher.coreYield && dispatcher.shards + 1 >= cores,
  }
}
