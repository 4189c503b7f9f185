import { parseArgs } from 'node:util'

export interface Options {
  /** The last line is a JSON object. */
  readonly json: boolean
  /** How long users come and go. */
  readonly durationMs: number
}

/** Throws a `RangeError` when `--seconds` is no length of time. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false }, seconds: { type: 'string', default: '9' } },
  })
  const seconds = Number(values.seconds)
  if (!(seconds > 0 && seconds <= 3600))
    throw new RangeError(`--seconds must be above 0 and at most 3600, not ${values.seconds}`)
  return { json: values.json, durationMs: seconds * 1000 }
}
