import { InvalidArgumentError } from 'commander'
import type { Range } from './settings.js'

export interface Bounds {
  readonly min: number
  readonly max: number
  readonly unit: string
}

/** Each returns a parser for commander, which adds the option's name and the value to what is expected. */
export function wholeNumber(bounds: Bounds): (text: string) => number {
  return (text) => within(text, bounds, /^\d{1,15}$/, 'a whole number')
}

export function decimal(bounds: Bounds): (text: string) => number {
  return (text) => within(text, bounds, /^\d{1,15}(?:\.\d{1,9})?$/, 'a number')
}

/** @returns a parser of `A` or `A-B` */
export function range(bounds: Bounds): (text: string) => Range {
  const parse = wholeNumber(bounds)
  return (text) => {
    const [least = '', most = least, ...others] = text.split('-')
    const parsed = { least: parse(least), most: parse(most) }
    if (others.length > 0 || parsed.least > parsed.most) {
      throw new InvalidArgumentError(`Expected A or A-B with A at most B (${bounds.unit}).`)
    }
    return parsed
  }
}

export function orWord<Word extends string, Value>(word: Word, parse: (text: string) => Value, expected: string) {
  return (text: string): Word | Value => {
    if (text === word) return word
    try {
      return parse(text)
    } catch (cause) {
      if (cause instanceof InvalidArgumentError) throw new InvalidArgumentError(`Expected ${expected}.`)
      throw cause
    }
  }
}

function within(text: string, { min, max, unit }: Bounds, form: RegExp, noun: string): number {
  const value = Number(text)
  if (form.test(text) && value >= min && value <= max) return value
  throw new InvalidArgumentError(`Expected ${noun} from ${min} to ${max} (${unit}).`)
}
