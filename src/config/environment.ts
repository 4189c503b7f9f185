import { valueAt } from './schema/cross-check.js'

/** What the process's environment holds. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The variables that win over the file, as in Sockudo. */
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  WEBHOOK_BATCHING_ENABLED: ['webhooks', 'batching', 'enabled'],
  WEBHOOK_BATCHING_DURATION: ['webhooks', 'batching', 'duration'],
  WEBHOOK_BATCHING_SIZE: ['webhooks', 'batching', 'size'],
}

/** How environments spell the truth; the file knows `true` and `false` only. */
const TOGGLES: Readonly<Record<string, string>> = {
  '1': 'true',
  yes: 'true',
  on: 'true',
  true: 'true',
  '0': 'false',
  no: 'false',
  off: 'false',
  false: 'false',
}

/** A value that came from the environment: where it went, and the variable that it came from. */
export interface EnvironmentValue {
  readonly path: readonly string[]
  readonly variable: string
}

/** Lays the environment's values over a configuration, which stays as it is. Empty variables count as not set. */
export function overlayEnvironment(
  input: unknown,
  environment: Environment,
): { readonly input: unknown; readonly from: readonly EnvironmentValue[] } {
  const from = Object.entries(VARIABLES)
    .filter(([variable]) => environment[variable]?.trim())
    .map(([variable, path]) => ({ variable, path }))
  const overlaid = from.reduce((config, { variable, path }) => {
    return withValueAt(config, path, spelledAsInFile(environment[variable] ?? '', path))
  }, input)
  return { input: overlaid, from }
}

function spelledAsInFile(text: string, path: readonly string[]): string {
  const trimmed = text.trim()
  return (path.at(-1) === 'enabled' && TOGGLES[trimmed.toLowerCase()]) || trimmed
}

/** A copy that has `value` at `path`. What is no object on the way is wrong anyway, and stays to be reported. */
function withValueAt(target: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (target !== undefined && (typeof target !== 'object' || target === null || Array.isArray(target))) return target
  return { ...target, [key]: withValueAt(valueAt(target, [key]), rest, value) }
}
