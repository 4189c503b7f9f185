import type { Loaded } from '../config/parse.js'
import { checkDrivers } from './drivers.js'
import { type Findings, together } from './finding.js'
import type { PreflightPorts } from './ports.js'
import { checkServers } from './servers.js'
import { checkSqsQueue } from './sqs-queue.js'
import { checkWebhooks } from './webhooks.js'

/**
 * Looks at what a configuration needs of its surroundings, before anything starts. It says nothing that reading the
 * configuration has said already.
 */
export async function preflight(loaded: Loaded, ports: PreflightPorts): Promise<Findings> {
  const [servers, webhooks] = await Promise.all([
    checkServers(loaded, ports),
    checkWebhooks(loaded, readingOnce(ports)),
  ])
  return together([checkDrivers(loaded, ports), checkSqsQueue(loaded.config), servers, webhooks])
}

/** Many webhooks name the same files. */
function readingOnce(ports: PreflightPorts): PreflightPorts {
  const files = new Map<string, Promise<Uint8Array>>()
  return {
    ...ports,
    readFile(path) {
      const file = files.get(path) ?? ports.readFile(path)
      files.set(path, file)
      return file
    },
  }
}
