import { z } from 'zod'
import { compilePattern, PatternError } from '../channel-pattern/compile.js'
import { costProblem } from '../pattern-cost.js'
import { crossChecked } from './cross-check.js'
import { documented, optional, section } from './option.js'
import { tolerant } from './tolerance.js'
import { choice, list, text } from './values.js'

const namespace = text({ noun: 'a channel namespace' })

/** Two spellings of one option; Pusher's own is the second. */
const ALIASES = [
  ['channel_prefix', 'channel_name_starts_with'],
  ['channel_suffix', 'channel_name_ends_with'],
] as const

const options = section({
  channel_type: optional(
    choice(['public', 'private', 'private-encrypted', 'presence', 'cache']),
    'Only channels of this type, by the prefix of their names.',
  ),
  channel_prefix: optional(affix(), 'Only channels whose name starts with this.'),
  channel_suffix: optional(affix(), 'Only channels whose name ends with this.'),
  channel_pattern: optional(
    pattern(),
    "Only channels in whose name this regular expression finds a match. It is read as Rust's regex crate reads it.",
  ),
  channel_namespace: optional(
    namespace,
    'Only channels of this namespace: the part of the name before the first colon, without the prefix of its type (`private-`, …).',
  ),
  channel_namespaces: optional(list(namespace, 'channel namespaces'), 'Only channels of one of these namespaces.'),
  channel_name_starts_with: optional(affix(), "Pusher's name for `channel_prefix`."),
  channel_name_ends_with: optional(affix(), "Pusher's name for `channel_suffix`."),
})

export const filter = documented(
  crossChecked(tolerant(options, { unknownKey: 'this key is unknown and filters nothing' }), (given, report) => {
    for (const [name, alias] of ALIASES) {
      if (given[name] == null || given[alias] == null || given[name] === given[alias]) continue
      report({ path: [alias], expected: `the same as ${name}, or only one of the two` })
    }
  }),
  { id: 'Filter' },
)

/** An empty one, which every channel has, is none. */
function affix() {
  return emptyIsNone(text())
}

function emptyIsNone<S extends z.ZodType>(schema: S): S {
  return tolerant(schema, {
    repair: (given, warn) => {
      if (given !== '') return given
      warn([], 'an empty string filters nothing: every channel passes')
      return undefined
    },
  })
}

function pattern() {
  const longest = 1024
  const error = `a regular expression of 1 to ${longest} characters`
  const source = z
    .string({ error })
    .min(1, { error })
    .max(longest, { error })
    .superRefine((given, context) => {
      if (given === '' || given.length > longest) return
      try {
        const problem = costProblem(compilePattern(given).programSize())
        if (problem !== null) context.addIssue({ code: 'custom', message: problem })
      } catch (cause) {
        if (!(cause instanceof PatternError)) throw cause
        context.addIssue({ code: 'custom', message: cause.message })
      }
    })
  return emptyIsNone(source)
}
