import { overlayInlineApps } from './environment-apps.js'
import type { Environment, EnvironmentValue, Overlaid } from './environment-values.js'
import { VARIABLES, type Variable } from './environment-variables.js'
import { readToggle, withValueAt } from './overlay.js'
import { showValue } from './shown-value.js'

/** Lays the environment's values over a configuration, which stays as it is. Empty variables count as not set. */
export function overlayEnvironment(input: unknown, environment: Environment): Overlaid {
  if (typeof input !== 'object' || input === null) return { input, from: [], ignored: [] }
  const from: EnvironmentValue[] = []
  const ignored: { variable: string; what: string }[] = []
  let overlaid: unknown = input
  for (const variable of VARIABLES) {
    const text = environment[variable.name]
    if (text === undefined || text.trim() === '') continue
    const value = READERS[variable.kind](text)
    if (value === null) {
      const what = `${showValue(text, { isUrl: false })} was given, expected ${variable.kind}; the variable is ignored`
      ignored.push({ variable: variable.name, what })
      continue
    }
    for (const path of variable.paths) {
      overlaid = withValueAt(overlaid, path, value)
      from.push({ path, variable: variable.name })
    }
  }
  const apps = overlayInlineApps(overlaid, environment)
  return { input: apps.input, from: [...from, ...apps.from], ignored: [...ignored, ...apps.ignored] }
}

/** Reads a variable's text; null: it is not of this kind. */
const READERS: Readonly<Record<Variable['kind'], (text: string) => unknown>> = {
  'a string': (text) => text,
  'a whole number': (text) => (/^\d+$/.test(text.trim()) ? text.trim() : null),
  'true or false': readToggle,
  'a queue driver': (text) => QUEUE_DRIVER_NAMES[text.trim().toLowerCase()] ?? text.trim().toLowerCase(),
  'an app manager driver': (text) => text.trim().toLowerCase(),
  'a list': (text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
}

/** Spellings that a file does not know. */
const QUEUE_DRIVER_NAMES: Readonly<Record<string, string>> = {
  'rabbit-mq': 'rabbitmq',
  'gcp-pubsub': 'google-pubsub',
  pubsub: 'google-pubsub',
  'apache-iggy': 'iggy',
  apache_iggy: 'iggy',
}
