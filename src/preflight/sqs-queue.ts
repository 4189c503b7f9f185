import type { Config } from '../config/model.js'
import { isSqsName, MOST_SQS_BODY_BYTES, SHORTEST_SQS_VISIBILITY_SECONDS, sqsPlaces } from '../config/sqs-limits.js'
import { type Findings, NOTHING_FOUND, problem, together, warning } from './finding.js'

/** Whether SQS can do what the configuration asks of it. What only the queue itself says is looked at when the store is opened. */
export function checkSqsQueue(config: Config): Findings {
  if (config.queue.driver !== 'sqs') return NOTHING_FOUND
  return together([checkBodies(config), checkVisibility(config), checkUrlPrefix(config), checkOrder(config)])
}

function checkBodies({ batching }: Config): Findings {
  if (batching.maxBytes <= MOST_SQS_BODY_BYTES) return NOTHING_FOUND
  return problem(
    'start',
    'webhooks.batching.max_bytes',
    `a batch of ${batching.maxBytes} bytes may not fit into an SQS message, which holds at most 1 MiB and only text; use ${MOST_SQS_BODY_BYTES} or less`,
  )
}

function checkVisibility({ queue }: Config): Findings {
  if (queue.sqs.visibilityTimeoutSeconds >= SHORTEST_SQS_VISIBILITY_SECONDS) return NOTHING_FOUND
  return problem(
    'start',
    'queue.sqs.visibility_timeout',
    `it is renewed when half of it has passed, so it must be at least ${SHORTEST_SQS_VISIBILITY_SECONDS} s; 30 is usual`,
  )
}

function checkUrlPrefix({ queue }: Config): Findings {
  const { queueUrlPrefix, fifo } = queue.sqs
  const path = 'queue.sqs.queue_url_prefix'
  if (queueUrlPrefix === null) return NOTHING_FOUND
  if (!/^https?:\/\/[^/]+\//.test(queueUrlPrefix) || !URL.canParse(queueUrlPrefix)) {
    return problem(
      'start',
      path,
      'expected the start of a URL, such as https://sqs.eu-west-1.amazonaws.com/123456789012/',
    )
  }
  const wrong = Object.values(sqsPlaces(queueUrlPrefix, fifo)).find(({ name }) => !isSqsName(name))
  if (wrong === undefined) return NOTHING_FOUND
  return problem(
    'start',
    path,
    `${wrong.name} is not a valid queue name: expected at most 80 letters, digits, hyphens and underscores`,
  )
}

function checkOrder({ queue, apps }: Config): Findings {
  const ordered = apps.flatMap(({ webhooks }) => webhooks).filter(({ concurrency }) => concurrency === 1).length
  if (ordered === 0 || queue.sqs.fifo) return NOTHING_FOUND
  const wanted = `${ordered} ${ordered === 1 ? 'webhook has' : 'webhooks have'} concurrency 1 to keep order`
  return warning('queue.sqs.fifo', `${wanted}, which a standard queue does not keep; set queue.sqs.fifo`)
}
