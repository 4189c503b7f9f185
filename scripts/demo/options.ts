import { parseArgs } from 'node:util'

export interface Options {
  /** The last line is a JSON object. */
  readonly json: boolean
  /** How long users come and go. */
  readonly durationMs: number
}

const USAGE = 'usage: npm start [-- [--seconds N] [--json]]'

/** @returns the options, or what is wrong with them */
export function readOptions(args: readonly string[]): Options | string {
  const values = parsed(args)
  if (typeof values === 'string') return `${values}\n${USAGE}`
  const seconds = Number(values.seconds)
  if (!(seconds > 0 && seconds <= 3600)) {
    return `--seconds: ${JSON.stringify(values.seconds)} is not a number above 0 and at most 3600\n${USAGE}`
  }
  return { json: values.json, durationMs: seconds * 1000 }
}

function parsed(args: readonly string[]): { readonly json: boolean; readonly seconds: string } | string {
  try {
    return parseArgs({
      args: [...args],
      options: { json: { type: 'boolean', default: false }, seconds: { type: 'string', default: '9' } },
    }).values
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
