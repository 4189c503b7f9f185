import { z } from 'zod'
import { crossChecked, reportDuplicateIds, valueAt } from './cross-check.js'
import { documented, optional, section, setting, sharedSection } from './option.js'
import { list, moment, text, toggle } from './values.js'
import { webhook } from './webhook.js'

const printable = /^[\x21-\x7e]+$/

const secret = (description: string) =>
  documented(text({ max: 4096, noun: 'a secret' }), { description, writeOnly: true })

const previousSecret = section({
  secret: secret('The former secret.'),
  expires_at: documented(moment(), { description: 'When it stops signing: an ISO date, or Unix time in ms.' }),
})

const webhooks = list(webhook, 'webhooks')

const options = sharedSection({
  id: documented(text({ max: 200 }), { description: 'Unique among the apps.' }),
  key: documented(text({ max: 256, pattern: printable, noun: 'printable ASCII without spaces,' }), {
    description: 'Sent with every request, as `X-Pusher-Key`.',
  }),
  secret: secret('Signs the requests.'),
  enabled: setting(toggle(), true, "false: the app's events are refused."),
  webhooks: optional(webhooks, 'Where the events of the app go.'),
  policy: optional(
    sharedSection({ webhooks: optional(webhooks, 'The same as `webhooks`, where Sockudo 5 has it.') }),
    "Sockudo's policy of the app; only its `webhooks` matter here.",
  ),
  standard_webhooks_secret: optional(
    standardWebhooksSecret(),
    'Signs Standard Webhooks: `whsec_` and base64. When not given, it is derived from `secret`.',
    { writeOnly: true },
  ),
  previous_secrets: optional(
    list(previousSecret, 'objects with secret and expires_at'),
    'Former secrets, which also sign Standard Webhooks until they expire.',
    { writeOnly: true },
  ),
})

export const app = documented(
  crossChecked(options, (given, report) => {
    reportDuplicateIds(given, [['webhooks'], ['policy', 'webhooks']], report)
    if (given.webhooks == null || valueAt(given, ['policy', 'webhooks']) == null) return
    report({ path: ['policy', 'webhooks'], expected: 'the webhooks in one place, webhooks or policy.webhooks' })
  }),
  { id: 'App', description: 'A customer of the server: its credentials, and where its events go.' },
)

function standardWebhooksSecret() {
  const error = 'whsec_ followed by base64'
  const form = /^whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/
  return z.string({ error }).regex(form, { error })
}
