import type { Backend } from '../../../scripts/app-databases/backend.js'
import { MemorySource } from '../../../src/apps/memory.js'

/** Records in memory. */
export async function startMemoryBackend(): Promise<Backend> {
  const apps = new Map<string, { readonly record: Readonly<Record<string, unknown>> }>()
  return {
    config: {},
    configAt: () => ({}),
    port: 0,
    driver: 'memory',
    server: null,
    source: () => new MemorySource(apps),
    async insert(...records) {
      for (const record of records) apps.set(String(record.id), { record })
    },
    async update(id, values) {
      apps.set(id, { record: { ...apps.get(id)?.record, ...values } })
    },
    remove: async (id) => void apps.delete(id),
    clear: async () => apps.clear(),
    settle: async () => undefined,
    dropTable: async () => apps.clear(),
    createTable: async () => undefined,
    stop: async () => undefined,
  }
}
