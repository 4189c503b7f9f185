import { z } from 'zod'
import { A_PATTERN, patternProblem } from '../pattern-cost.js'
import { crossChecked } from './cross-check.js'
import { documented, optional, section } from './option.js'
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
    'Only channels of this type, as their names tell it.',
  ),
  channel_prefix: optional(text(), 'Only channels whose name starts with this.'),
  channel_suffix: optional(text(), 'Only channels whose name ends with this.'),
  channel_pattern: optional(pattern(), 'Only channels in whose name this regular expression (RE2) is found.'),
  channel_namespace: optional(namespace, 'Only channels of this namespace: what stands before the first colon.'),
  channel_namespaces: optional(list(namespace, 'channel namespaces'), 'Only channels of one of these namespaces.'),
  channel_name_starts_with: optional(text(), "Pusher's name for `channel_prefix`."),
  channel_name_ends_with: optional(text(), "Pusher's name for `channel_suffix`."),
})

export const filter = documented(
  crossChecked(options, (given, report) => {
    for (const [name, alias] of ALIASES) {
      if (given[name] == null || given[alias] == null || given[name] === given[alias]) continue
      report({ path: [alias], expected: `the same as ${name}, or only one of the two` })
    }
  }),
  { id: 'Filter' },
)

function pattern() {
  return z.string({ error: A_PATTERN }).refine((source) => patternProblem(source) === null, {
    error: ({ input }) => patternProblem(String(input)) ?? A_PATTERN,
  })
}
