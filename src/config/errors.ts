import { SignpostError } from '../errors.js'

/** One wrong value, or one unknown key, of a configuration. */
export interface ConfigProblem {
  /** The way to the value, such as `app_manager.array.apps[0].webhooks[1].url`, or an environment variable's name. */
  readonly path: string
  /** What was given, for people: never a secret, nor what may hold one. */
  readonly value: string
  /** What would be right, as a noun. */
  readonly expected: string
  /** All of it in a sentence. */
  readonly message: string
}

/** What was put right, or has no effect, in a configuration that can be used. */
export interface ConfigWarning {
  /** The way to the value, as in `ConfigProblem`. */
  readonly path: string
  /** All of it in a sentence; never a secret. */
  readonly message: string
}

const MOST_SHOWN = 50

/** A configuration is wrong. All of its problems are in `problems`; the message shows the first 50. Code `INVALID_CONFIG`. */
export class ConfigError extends SignpostError {
  override name = 'ConfigError'
  /** All of them. */
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`
    const shown = problems.slice(0, MOST_SHOWN).map(({ message }) => `  ${message}`)
    const rest = problems.length > MOST_SHOWN ? [`  and ${problems.length - MOST_SHOWN} more`] : []
    super('INVALID_CONFIG', [`the configuration has ${count}:`, ...shown, ...rest].join('\n'))
    this.problems = problems
  }
}

/** Why a configuration file cannot be used: it cannot be read, is neither JSON nor TOML, breaks their rules, or names variables that are not set. */
export type ConfigFileErrorCode = 'CONFIG_UNREADABLE' | 'CONFIG_UNSUPPORTED' | 'CONFIG_SYNTAX' | 'CONFIG_VARIABLES'

/**
 * A configuration file could not be read, is of an unknown kind, breaks the rules of JSON or TOML, or names variables that the
 * environment does not have.
 */
export class ConfigFileError extends SignpostError {
  override name = 'ConfigFileError'
  declare readonly code: ConfigFileErrorCode

  constructor(
    code: ConfigFileErrorCode,
    /** As it was given. */
    readonly path: string,
    /** The message without the place. */
    readonly problem: string,
    /** Where the error is, both counted from 1. */
    readonly position: { readonly line: number; readonly column: number } | null = null,
    options?: ErrorOptions,
  ) {
    const place = position === null ? path : `${path}:${position.line}:${position.column}`
    super(code, `${place}: ${problem}`, options)
  }
}
