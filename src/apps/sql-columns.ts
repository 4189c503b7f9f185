import { AppManagerError } from '../errors.js'

const NEEDED = ['id', 'key', 'secret'] as const
const OPTIONAL = ['enabled', 'webhooks', 'policy'] as const

/** The columns that make a record, as far as the table has them. */
export type RecordColumn = (typeof NEEDED)[number] | (typeof OPTIONAL)[number]

/**
 * Which columns are read.
 * @param found all that the user may read; none: there is no such table, or it is not the user's to read
 * @param where names the table, for messages
 * @throws AppManagerError `APP_MANAGER_TABLE`
 */
export function recordColumns(found: ReadonlySet<string>, where: string): readonly RecordColumn[] {
  if (found.size === 0) {
    throw new AppManagerError('APP_MANAGER_TABLE', `${where} does not exist, or its user may not read it: GRANT SELECT`)
  }
  const missing = NEEDED.filter((name) => !found.has(name))
  if (missing.length === 0) return [...NEEDED, ...OPTIONAL.filter((name) => found.has(name))]
  const columns = missing.length === 1 ? 'column' : 'columns'
  throw new AppManagerError(
    'APP_MANAGER_TABLE',
    `${where} lacks the ${columns} ${missing.join(', ')}; id, key and secret are needed, and enabled, webhooks and policy are read where they are`,
  )
}
