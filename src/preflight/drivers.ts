import type { QueueConfig } from '../config/model.js'
import type { Loaded } from '../config/parse.js'
import { type Findings, NOTHING_FOUND, problem, together, warning } from './finding.js'
import type { PreflightPorts } from './ports.js'

type DriverOf<Section extends 'queue' | 'appManager'> = Loaded['config'][Section]['driver']

/** What has to be installed for each driver, or null for nothing. */
const QUEUE_PACKAGES: Readonly<Record<DriverOf<'queue'>, string | null>> = {
  memory: null,
  none: null,
  disk: null,
  redis: 'redis',
  'redis-cluster': 'redis',
  sqs: '@aws-sdk/client-sqs',
}

const APP_MANAGER_PACKAGES: Readonly<Record<DriverOf<'appManager'>, string | null>> = {
  memory: null,
  mysql: 'mysql2',
  pgsql: 'postgres',
  dynamodb: '@aws-sdk/client-dynamodb',
}

/** Whether the configured drivers can be used at all. */
export function checkDrivers({ config }: Loaded, ports: PreflightPorts): Findings {
  const { queue, appManager, database } = config
  const hasSqlDefault = appManager.driver === 'pgsql' && database.postgres.port === 3306
  return together([
    checkPackage('queue.driver', queue.driver, QUEUE_PACKAGES[queue.driver], ports),
    checkSpill(queue),
    checkPackage('app_manager.driver', appManager.driver, APP_MANAGER_PACKAGES[appManager.driver], ports),
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

function checkPackage(path: string, name: string, packageName: string | null, ports: PreflightPorts): Findings {
  if (packageName === null || ports.hasPackage(packageName)) return NOTHING_FOUND
  return problem('start', path, `${name} needs a package that is not installed: npm install ${packageName}`)
}
