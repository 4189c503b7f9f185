import { nearestKey } from '../config/nearest-key.js'
import { SignpostError } from '../errors.js'
import type { DeadLetterSelection } from '../shard/messages.js'

type Selector = 'ids' | 'app' | 'endpoint' | 'all'

interface SelectorRule {
  readonly expected: string
  accepts(value: unknown): boolean
}

const RULES: Readonly<Record<Selector, SelectorRule>> = {
  ids: { expected: 'an array of strings', accepts: (value) => Array.isArray(value) && [...value].every(isText) },
  app: { expected: 'a string', accepts: isText },
  endpoint: { expected: 'a string', accepts: isText },
  all: { expected: 'true', accepts: (value) => value === true },
}
const SELECTORS = Object.keys(RULES) as Selector[]
const FORMS = '{ ids }, { app }, { app, endpoint } or { all: true }'

/**
 * Checks which dead letters a caller wants. A selector that is undefined or misspelt is an error: without it the others would select
 * more than was meant, perhaps everything.
 * @param call that it is for, for the message
 * @param options of the call that are no selectors
 * @returns null when it has no selector at all
 * @throws SignpostError `INVALID_SELECTION`
 */
export function selectionOf(input: unknown, call: string, options: readonly string[]): DeadLetterSelection | null {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalidSelection(call, `needs an object, ${FORMS}, not ${described(input)}`)
  }
  const given: Partial<Record<Selector, unknown>> = {}
  for (const [key, value] of Object.entries(input)) {
    if (options.includes(key)) continue
    if (!isSelector(key)) throw invalidSelection(call, unknownKey(key, options))
    const { accepts, expected } = RULES[key]
    if (!accepts(value)) throw invalidSelection(call, `needs ${expected} as ${key}, not ${described(value)}`)
    given[key] = value
  }
  return oneForm(given, call)
}

/** @returns the error of a call that needs a selection and got none */
export function noSelection(call: string): SignpostError {
  return invalidSelection(call, `needs a selection: ${FORMS}`)
}

function oneForm(given: Partial<Record<Selector, unknown>>, call: string): DeadLetterSelection | null {
  const { ids, app, endpoint, all } = given as { ids?: string[]; app?: string; endpoint?: string; all?: true }
  const forms = [ids, app ?? endpoint, all].filter((form) => form !== undefined)
  if (forms.length > 1)
    throw invalidSelection(call, `takes one of ${FORMS}, not ${Object.keys(given).join(' and ')} together`)
  if (ids !== undefined) return { ids: [...ids] }
  if (all !== undefined) return { all }
  if (app !== undefined) return endpoint === undefined ? { app } : { app, endpoint }
  if (endpoint === undefined) return null
  throw invalidSelection(call, 'needs app together with endpoint: webhooks of several apps may have the same id')
}

function unknownKey(key: string, options: readonly string[]): string {
  const known = [...SELECTORS, ...options]
  const nearest = nearestKey(key, known) ?? known.find((candidate) => key.toLowerCase().startsWith(candidate))
  const expected = nearest === undefined ? `its keys are ${known.join(', ')}` : `did you mean ${nearest}?`
  return `does not know the key ${JSON.stringify(key)}; ${expected}`
}

export function invalidSelection(call: string, problem: string): SignpostError {
  return new SignpostError('INVALID_SELECTION', `deadLetters.${call} ${problem}`)
}

function described(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value)
  if (!Array.isArray(value)) return `a value of type ${typeof value}`
  const at = [...value].findIndex((item) => !isText(item))
  return at === -1 ? 'an array' : `an array with ${described(value[at])} at ${at}`
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isSelector(key: string): key is Selector {
  return Object.hasOwn(RULES, key)
}
