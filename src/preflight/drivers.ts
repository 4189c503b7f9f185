import type { QueueConfig } from '../config/model.js'
import type { Loaded } from '../config/parse.js'
import { type Findings, NOTHING_FOUND, problem, together, warning } from './finding.js'
import type { PreflightPorts } from './ports.js'

export interface Driver {
  /** What has to be installed for it; null: nothing. */
  readonly packageName: string | null
  /** Whether this version has it. */
  readonly isAvailable: boolean
}

export interface Drivers {
  readonly queue: Readonly<Record<Loaded['config']['queue']['driver'], Driver>>
  readonly appManager: Readonly<Record<Loaded['config']['appManager']['driver'], Driver>>
}

/** A driver that is finished gets `isAvailable: true` here. */
export const DRIVERS: Drivers = {
  queue: {
    memory: { packageName: null, isAvailable: true },
    none: { packageName: null, isAvailable: true },
    disk: { packageName: null, isAvailable: true },
    redis: { packageName: 'redis', isAvailable: true },
    'redis-cluster': { packageName: 'redis', isAvailable: true },
    sqs: { packageName: '@aws-sdk/client-sqs', isAvailable: true },
  },
  appManager: {
    memory: { packageName: null, isAvailable: true },
    mysql: { packageName: 'mysql2', isAvailable: true },
    pgsql: { packageName: 'postgres', isAvailable: true },
    dynamodb: { packageName: '@aws-sdk/client-dynamodb', isAvailable: true },
  },
}

/** Whether the configured drivers can be used at all. */
export function checkDrivers({ config }: Loaded, ports: PreflightPorts, drivers: Drivers): Findings {
  const { queue, appManager, database } = config
  const insteadOfQueue = 'QUEUE_DRIVER=memory overrides the file; what is undelivered at exit is lost then'
  const insteadOfApps =
    'list the apps in app_manager.array.apps or set them with dispatcher.apps.set(); APP_MANAGER_DRIVER=memory overrides the file'
  const hasSqlDefault = appManager.driver === 'pgsql' && database.postgres.port === 3306
  return together([
    checkDriver('queue.driver', queue.driver, drivers.queue[queue.driver], insteadOfQueue, ports),
    checkSpill(queue),
    checkDriver('app_manager.driver', appManager.driver, drivers.appManager[appManager.driver], insteadOfApps, ports),
    hasSqlDefault
      ? warning('database.postgres.port', "3306 is used, which is Sockudo's default; PostgreSQL's own default is 5432")
      : NOTHING_FOUND,
  ])
}

function checkSpill({ spillPath }: QueueConfig): Findings {
  if (spillPath === null) return NOTHING_FOUND
  return warning(
    'queue.spill_path',
    'is not used in this version; queue.driver "disk" keeps undelivered events across restarts',
  )
}

function checkDriver(
  path: string,
  name: string,
  { packageName, isAvailable }: Driver,
  instead: string,
  ports: PreflightPorts,
): Findings {
  if (!isAvailable) return problem('start', path, `${name} is not available in this version; ${instead}`)
  if (packageName === null || ports.hasPackage(packageName)) return NOTHING_FOUND
  return problem('start', path, `${name} needs a package that is not installed: npm install ${packageName}`)
}
