import { ConfigError, type ConfigProblem } from '../config/errors.js'
import type { AppConfig, Config } from '../config/model.js'
import { readApp } from '../config/parse.js'
import type { AppRow } from './app-source.js'

export type ReadRow =
  | { readonly kind: 'app'; readonly app: AppConfig }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[] }

/** Reads the record of an app. A record that cannot be read concerns that app alone, so it is a value and no error. */
export function readRow(row: AppRow, config: Pick<Config, 'defaults'>): ReadRow {
  if ('app' in row) return { kind: 'app', app: row.app }
  try {
    return { kind: 'app', app: readApp(row.record, config, { isRecord: true, isUnheard: true }).app }
  } catch (error) {
    if (error instanceof ConfigError) return { kind: 'invalid', problems: error.problems }
    throw error
  }
}

/** Stands for an app whose record has never been readable: it takes no events. */
export function unreadableApp(id: string): AppConfig {
  return {
    id,
    key: '',
    secret: '',
    enabled: false,
    previousSecrets: [],
    standardWebhooksSecret: null,
    webhooks: [],
  }
}
