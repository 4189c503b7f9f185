import type { AppManagerDriverName, Config } from '../config/model.js'
import type { AppSource } from './app-source.js'
import { DynamoDbSource } from './dynamodb.js'
import { MemorySource } from './memory.js'
import { mysqlSource } from './mysql.js'
import { pgsqlSource } from './pgsql.js'

/** A source is one file and one line here. Nothing is connected to before it is asked. */
const SOURCES: Readonly<Record<AppManagerDriverName, (config: Config) => AppSource>> = {
  memory: ({ apps }) => new MemorySource(new Map(apps.map((app) => [app.id, { app }]))),
  mysql: ({ database }) => mysqlSource(database.mysql),
  pgsql: ({ database }) => pgsqlSource(database.postgres),
  dynamodb: ({ database }) => new DynamoDbSource(database.dynamodb),
}

/** Where the configuration has its apps. */
export function createSource(config: Config): AppSource {
  return SOURCES[config.appManager.driver](config)
}

/** The apps of the configuration that are laid over those of the source: with `memory`, they are those of the source. */
export function inlineApps({ appManager, apps }: Pick<Config, 'appManager' | 'apps'>): Config['apps'] {
  return appManager.driver === 'memory' ? [] : apps
}
