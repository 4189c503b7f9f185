import { QueueServerError } from '../errors.js'
import { textOf } from './answers.js'
import type { RedisLink } from './link.js'

/**
 * Looks whether the servers keep what they are given.
 * @returns what people should know. @throws QueueServerError when a server may drop stored batches; StoreDownError
 */
export async function checkServers(link: RedisLink): Promise<readonly string[]> {
  const memory = (await link.ask(['INFO', 'memory'])).map(fieldsOf)
  const persistence = (await link.ask(['INFO', 'persistence'])).map(fieldsOf)
  const policies = memory.map((fields) => fields.get('maxmemory_policy') ?? 'noeviction')
  const evicting = policies.find((policy) => policy.startsWith('allkeys-'))
  if (evicting !== undefined) {
    throw new QueueServerError(
      `Redis has maxmemory-policy ${evicting}, which drops stored batches when memory is short: set it to noeviction`,
    )
  }
  const volatile = policies.find((policy) => policy.startsWith('volatile-'))
  const warnings: string[] = []
  if (volatile !== undefined) {
    warnings.push(
      `Redis has maxmemory-policy ${volatile}, which drops leases when memory is short: batches may be delivered twice then; noeviction is better`,
    )
  }
  if (persistence.some((fields) => fields.get('aof_enabled') === '0')) {
    warnings.push('Redis has no append-only file: what was stored since its last snapshot is lost when it restarts')
  }
  return warnings
}

function fieldsOf(answer: unknown): ReadonlyMap<string, string> {
  const lines = textOf(answer).split(/\r?\n/)
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]))
}
