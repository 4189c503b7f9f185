import { startRedis } from '../../../scripts/servers/redis.js'
import { testJobStore } from '../job-store-contract.js'
import { openStore, serverAt } from './support.js'

testJobStore('Redis', async () => {
  const redis = await startRedis({ lines: ['appendonly no'] })
  return { open: () => openStore(serverAt(redis)), remove: () => redis.stop() }
})
