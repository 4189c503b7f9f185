import { RE2JS } from 're2js'
import { PatternError } from './pattern-error.js'
import { translate } from './translate.js'

export { PatternError }

/**
 * Compiles a pattern that is written for Rust's regex crate. It runs in time linear in the length of the text (RE2).
 * @throws PatternError when it is no pattern, or means something that RE2 cannot say
 */
export function compilePattern(source: string): RE2JS {
  const translated = translate(source)
  try {
    return RE2JS.compile(translated)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/^error parsing regexp: /, '').split(':')[0] : ''
    throw new PatternError(`a regular expression that Rust's regex crate and RE2 both read (${reason})`, { cause })
  }
}
