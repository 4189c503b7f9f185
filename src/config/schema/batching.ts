import { section, setting } from './option.js'
import { integer, toggle } from './values.js'

export const batching = section({
  enabled: setting(
    toggle(),
    true,
    'Whether events are gathered into batches; if false, each event is a request of its own. `WEBHOOK_BATCHING_ENABLED` overrides it.',
  ),
  duration: setting(
    integer({ min: 1, max: 600_000, unit: 'ms', clamps: 'too much and 0' }),
    50,
    'The longest time that the first event of a batch waits for others. `WEBHOOK_BATCHING_DURATION` overrides it.',
  ),
  size: setting(
    integer({ min: 1, max: 10_000, unit: 'events', clamps: 'too much and 0' }),
    100,
    'The most events in a batch. `WEBHOOK_BATCHING_SIZE` overrides it.',
  ),
  max_bytes: setting(
    integer({ min: 1024, max: 16 * 1024 * 1024, unit: 'bytes' }),
    256 * 1024,
    'The largest body of a request.',
  ),
})
