import type { Environment, EnvironmentValue, Overlaid } from './environment-values.js'
import { readToggle, withValueAt } from './overlay.js'
import { valueAt } from './value-at.js'

const APPS = ['app_manager', 'array', 'apps'] as const

const CREDENTIALS = {
  SOCKUDO_DEFAULT_APP_ID: 'id',
  SOCKUDO_DEFAULT_APP_KEY: 'key',
  SOCKUDO_DEFAULT_APP_SECRET: 'secret',
} as const

type Credential = keyof typeof CREDENTIALS
const NAMES = Object.keys(CREDENTIALS) as readonly Credential[]

/**
 * What Sockudo's variables do to the apps in the file: they drop them, or replace them by one app of which they give the
 * credentials. A database's apps are not touched by them.
 */
export function overlayInlineApps(input: unknown, environment: Environment): Overlaid {
  const ignored: { variable: string; what: string }[] = []
  const toggle = (variable: string): boolean | null => {
    const text = environment[variable]
    if (text === undefined || text.trim() === '') return null
    const value = readToggle(text)
    if (value === null) ignored.push({ variable, what: 'neither true nor false was given; the variable is ignored' })
    return value
  }
  const skips = toggle('SOCKUDO_SKIP_INLINE_APPS') === true
  const registersNone = toggle('APP_MANAGER_REGISTER_INLINE_APPS') === false
  const isOff = toggle('SOCKUDO_DEFAULT_APP_ENABLED') === false
  const given = NAMES.filter((name) => environment[name]?.trim())
  const dropping = [
    ...(skips ? ['SOCKUDO_SKIP_INLINE_APPS'] : []),
    ...(registersNone ? ['APP_MANAGER_REGISTER_INLINE_APPS'] : []),
    ...(isOff ? ['SOCKUDO_DEFAULT_APP_ENABLED'] : []),
  ]
  if (dropping.length === 0 && given.length === 0) return { input, from: [], ignored }
  const app = Object.fromEntries(given.map((name) => [CREDENTIALS[name], environment[name]]))
  const apps = isOff || given.length === 0 ? [] : [{ ...app, enabled: true }]
  const from: EnvironmentValue[] = [
    ...dropping.map((variable) => ({ variable, path: APPS })),
    ...(apps.length === 0 ? [] : NAMES.map((variable) => ({ variable, path: [...APPS, 0, CREDENTIALS[variable]] }))),
  ]
  return { input: withValueAt(withoutApps(input), APPS, apps), from, ignored }
}

function withoutApps(input: unknown): unknown {
  return valueAt(input, ['apps']) === undefined ? input : withValueAt(input, ['apps'], undefined)
}
