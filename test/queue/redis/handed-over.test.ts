import { startRedis } from '../../../scripts/servers/redis.js'
import { testHandedOver } from '../handed-over-contract.js'
import { openStore, serverAt } from './support.js'

testHandedOver('Redis', async () => {
  const redis = await startRedis({ lines: ['appendonly no'] })
  const lanes = 4
  return {
    open: (consumes) => openStore(serverAt(redis), { leaseMs: 1500, shared: { lanes, consumes } }),
    remove: () => redis.stop(),
  }
})
