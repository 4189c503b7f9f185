import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parseConfig } from '../src/config/parse.js'
import { Directory } from '../src/router/directory.js'

const APPS = 10_000

/** Bytes that an app with one webhook holds on the main thread's heap, its configuration included. */
export function idleAppBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  const beforeBytes = process.memoryUsage().heapUsed
  const directory = new Directory(parseConfig({ apps: inputs() }).apps, false)
  collect()
  return Math.round((process.memoryUsage().heapUsed - beforeBytes) / directory.size)
}

function inputs(): object[] {
  return Array.from({ length: APPS }, (_, index) => ({
    id: `app-${index}`,
    key: `key-${index}`,
    secret: `secret-${index}`,
    webhooks: [{ url: `https://customer-${index}.example/hooks`, event_types: ['member_added'] }],
  }))
}
