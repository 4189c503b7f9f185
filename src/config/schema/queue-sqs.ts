import { httpUrl } from './http-url.js'
import { optional, setting, sharedSection } from './option.js'
import { tolerant } from './tolerance.js'
import { integer, text, toggle } from './values.js'

export const sqs = tolerant(
  sharedSection({
    region: setting(text({ max: 64 }), 'us-east-1', 'AWS region.'),
    queue_url_prefix: optional(
      text(),
      'What the URL of the queue starts with, before `signpost`; when not given, SQS is asked for the URL.',
      {
        default: null,
      },
    ),
    visibility_timeout: setting(
      integer({ min: 0, max: 43_200, unit: 's', clamps: 'too much' }),
      30,
      'How long a received message is hidden from others, at first and with each renewal; at least 2.',
    ),
    endpoint_url: optional(httpUrl(), 'URL of an SQS service other than that of AWS, such as LocalStack.', {
      default: null,
    }),
    max_messages: setting(
      integer({ min: 1, max: 10, unit: 'messages', clamps: 'too much and 0' }),
      10,
      'The most messages per answer.',
    ),
    wait_time_seconds: setting(
      integer({ min: 0, max: 20, unit: 's', clamps: 'too much' }),
      5,
      'How long a request waits for messages. `close()` waits for it too, 5 s at most.',
    ),
    concurrency: setting(
      integer({ min: 1, max: 1024, unit: 'requests', clamps: 'too much' }),
      5,
      'The most outstanding requests for messages. It never limits deliveries.',
    ),
    fifo: setting(
      toggle(),
      false,
      'Whether the queue is a FIFO queue, which keeps the order of each endpoint; a standard queue keeps no order.',
    ),
    message_group_id: optional(
      text({ max: 128 }),
      "Sockudo's group for all messages, which Signpost ignores: each of its endpoints is a group.",
      {
        default: null,
      },
    ),
  }),
  { isForeign: true },
)
