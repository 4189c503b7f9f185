import type { AppInvalidReport } from '../../../src/apps/app-records.js'
import { AppSync } from '../../../src/apps/app-sync.js'
import { parseConfig } from '../../../src/config/index.js'
import type { AppConfig } from '../../../src/config/model.js'
import type { FakeSource } from './fake-source.js'
import { record } from './records.js'

export interface RigOptions {
  readonly appManager?: Readonly<Record<string, unknown>>
  readonly inline?: readonly string[]
  readonly startTimeoutMs?: number
}

const running: AppSync[] = []

/** A sync over a source, with the apps that it puts in force. It does not poll, and tries once to start, unless told otherwise. */
export function syncRig(source: FakeSource, { appManager = {}, inline = [], startTimeoutMs = 0 }: RigOptions = {}) {
  const apps = new Map<string, AppConfig>()
  const changes: string[] = []
  const invalid: AppInvalidReport[] = []
  const lines: string[] = []
  const log = (_: object, message: string) => void lines.push(message)
  const config = parseConfig({ app_manager: { driver: 'mysql', poll_interval_ms: 0, ...appManager } })
  const inForce = {
    find: (id: string) => apps.get(id),
    put(app: AppConfig) {
      changes.push(`put ${app.id}`)
      apps.set(app.id, app)
    },
    remove(id: string) {
      changes.push(`remove ${id}`)
      apps.delete(id)
    },
    invalid: (report: AppInvalidReport) => void invalid.push(report),
  }
  const settings = { appManager: config.appManager, defaults: config.defaults, inline, startTimeoutMs }
  const logger = { info: log, warn: log, error: log }
  const sync = new AppSync(source, settings, inForce, logger, () => performance.now())
  running.push(sync)
  return { sync, apps, changes, invalid, lines }
}

export async function closeRigs(): Promise<void> {
  for (const sync of running.splice(0)) await sync.close()
}

export const records = (count: number) => Array.from({ length: count }, (_, index) => record(`app-${index}`))
