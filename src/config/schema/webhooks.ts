import { batching } from './batching.js'
import { deliveryShape } from './delivery.js'
import { documented, section, setting } from './option.js'
import { choice, integer, list, network, toggle } from './values.js'

const egress = section({
  policy: setting(
    choice(['no-metadata', 'public-only']),
    'no-metadata',
    '`no-metadata` refuses link-local and cloud-metadata addresses; `public-only` refuses all that are not public unicast.',
  ),
  allow: setting(
    list(network(), 'networks in CIDR notation'),
    [],
    'Networks that are allowed whatever the policy says.',
  ),
})

export const webhooks = section(
  {
    enabled: setting(toggle(), true, 'Whether events are accepted; if false, all are refused.'),
    batching: documented(batching.prefault({}), { description: 'How events are gathered into requests.' }),
    ...deliveryShape,
    payload_format: setting(
      choice(['envelope', 'bare']),
      'envelope',
      'With batching off, `bare` sends the event alone instead of an envelope with one event.',
    ),
    egress: documented(egress.prefault({}), { description: 'Which addresses may be connected to.' }),
    flap_window_ms: setting(
      integer({ min: 0, max: 60_000, unit: 'ms' }),
      0,
      'When a member or channel leaves and returns within this time, neither event is sent. 0 turns it off.',
    ),
  },
  'an object of global settings (an array of webhooks belongs in an app)',
)
