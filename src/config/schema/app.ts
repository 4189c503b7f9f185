import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { WHSEC_SECRET } from '../../whsec-secret.js'
import { withoutJsonText } from '../json-text.js'
import { FLAT_APP_KEYS, POLICY_KEYS, RECORD_KEYS } from '../sockudo-keys.js'
import { crossChecked, type Given, reportDuplicateIds } from './cross-check.js'
import { documented, optional, section, setting, sharedSection } from './option.js'
import { tolerant, type Warn } from './tolerance.js'
import { list, moment, text, toggle } from './values.js'
import { webhook } from './webhook.js'

const printable = /^[\x21-\x7e]+$/

const secret = (description: string) =>
  documented(text({ max: 4096, noun: 'a secret' }), { description, writeOnly: true })

const previousSecret = section({
  secret: secret('The previous secret.'),
  expires_at: documented(moment(), { description: 'When it stops signing: an ISO date, or Unix time in ms.' }),
})

const webhooks = list(webhook, 'webhooks')

const policy = tolerant(
  sharedSection({ webhooks: optional(webhooks, 'The same as `webhooks`, in the place where Sockudo 5 has it.') }),
  { foreignKeys: POLICY_KEYS },
)

const options = sharedSection({
  id: documented(text({ max: 200 }), { description: 'Unique among the apps.' }),
  key: documented(text({ max: 256, pattern: printable, noun: 'printable ASCII without spaces,' }), {
    description: 'Sent with every request, as `X-Pusher-Key`.',
  }),
  secret: secret('Signs the requests.'),
  enabled: setting(toggle(), true, "Whether the app's events are accepted."),
  webhooks: optional(webhooks, 'Where the events of the app go.'),
  policy: optional(
    policy,
    "Sockudo's policy for the app. Signpost reads only its `webhooks`, which replace those of the app.",
  ),
  standard_webhooks_secret: optional(
    standardWebhooksSecret(),
    'The secret that signs Standard Webhooks: `whsec_` and base64. When not given, it is derived from `secret`.',
    { writeOnly: true },
  ),
  previous_secrets: optional(
    list(previousSecret, 'objects with secret and expires_at'),
    'Previous secrets, which also sign Standard Webhooks until they expire.',
    { writeOnly: true },
  ),
})

const tolerantOptions = tolerant(options, {
  foreignKeys: [...FLAT_APP_KEYS, ...RECORD_KEYS],
  takesJsonText: true,
  repair: (given, warn, isUnheard) => {
    if (typeof given !== 'object' || given === null) return given
    return withPolicyOnly(withPayload(given as Given), isUnheard ? null : warn)
  },
})

export const app = documented(
  crossChecked(tolerantOptions, (given, report) => {
    reportDuplicateIds(given, [['webhooks'], ['policy', 'webhooks']], report)
  }),
  { id: 'App', description: 'A customer of the server: its credentials, and where its events go.' },
)

/** SurrealDB holds the app as JSON text in `payload`; the record's own id and key win over those in it. */
function withPayload(given: Given): Given {
  if (typeof given.payload !== 'string' || given.secret != null) return given
  const payload = withoutJsonText(given.payload)
  if (typeof payload !== 'object' || payload === null) return given
  const own = Object.entries(given).filter(([key, value]) => key !== 'payload' && value != null)
  return { ...payload, ...Object.fromEntries(own) }
}

/** A policy wins over the flat options as a whole, even when it has no webhooks. */
function withPolicyOnly(given: Given, warn: Warn | null): Given {
  const policy = withoutJsonText(given.policy)
  if (policy == null) return given
  const { webhooks, ...others } = given
  const rest = { ...others, policy }
  if (warn === null) return rest
  const flat = withoutJsonText(webhooks)
  if (isEmpty(flat) || isDeepStrictEqual(flat, withoutJsonText((policy as Given).webhooks))) return rest
  const ignored = ['webhooks', ...FLAT_APP_KEYS.filter((key) => given[key] != null)]
  warn(
    ['webhooks'],
    `the app has a policy, which takes precedence: ${ignored.join(', ')} beside it ${verb(ignored)} ignored`,
  )
  return rest
}

function isEmpty(webhooks: unknown): boolean {
  return webhooks == null || (Array.isArray(webhooks) && webhooks.length === 0)
}

function verb({ length }: readonly string[]): string {
  return length === 1 ? 'is' : 'are'
}

function standardWebhooksSecret() {
  const error = 'whsec_ followed by base64'
  return z.string({ error }).regex(WHSEC_SECRET, { error })
}
