import type { AppManagerDriverName, Config } from '../config/model.js'
import type { AppSource } from './app-source.js'
import { DynamoDbSource } from './dynamodb.js'
import { MemorySource } from './memory.js'
import { MysqlSource } from './mysql.js'
import { PgsqlSource } from './pgsql.js'

/** A source is one file and one line here. Nothing is connected to before it is asked. */
const SOURCES: Readonly<Record<AppManagerDriverName, (config: Config) => AppSource>> = {
  memory: () => new MemorySource(),
  mysql: ({ database }) => new MysqlSource(database.mysql),
  pgsql: ({ database }) => new PgsqlSource(database.postgres),
  dynamodb: ({ database }) => new DynamoDbSource(database.dynamodb),
}

/** Where the configuration has its apps. */
export function createSource(config: Config): AppSource {
  return SOURCES[config.appManager.driver](config)
}
