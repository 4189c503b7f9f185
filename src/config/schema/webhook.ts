import { z } from 'zod'
import { regionOfArn } from '../lambda-arn.js'
import { crossChecked, type Given, type Report } from './cross-check.js'
import { deliveryOverridesShape } from './delivery.js'
import { filter } from './filter.js'
import { headers } from './headers.js'
import { documented, optional, section } from './option.js'
import { choice, httpUrl, text } from './values.js'

const functionName = () => text({ max: 256, pattern: /^\S+$/, noun: 'the name or ARN of a Lambda function' })

const lambdaFunction = section({
  function_name: documented(functionName(), { description: 'Name or ARN of the function.' }),
  invocation_type: optional(
    choice(['Event', 'RequestResponse']),
    '`Event` queues the invocation; `RequestResponse` waits for its result.',
    { default: 'Event' },
  ),
  qualifier: optional(text({ max: 128, pattern: /^\S+$/ }), 'Version or alias of the function.'),
  region: optional(
    text({ max: 64, pattern: /^[a-z0-9-]+$/, noun: 'an AWS region' }),
    "AWS region; when not given, that of the function's ARN, else the AWS SDK's own choice.",
  ),
  endpoint_url: optional(httpUrl(), 'Another Lambda API than that of AWS, such as LocalStack.'),
})

const lambda = crossChecked(lambdaFunction, (given, report) => {
  const inArn = typeof given.function_name === 'string' ? regionOfArn(given.function_name) : null
  if (inArn === null || given.region == null || given.region === inArn) return
  report({ path: ['region'], expected: `${inArn}, the region of the ARN in function_name, or none` })
})

const tlsFiles = section({
  ca: optional(text(), 'Path of a PEM file: the authorities that the receiver may be certified by.'),
  cert: optional(text(), 'Path of a PEM file: the client certificate (mutual TLS).'),
  key: optional(text(), 'Path of a PEM file: the key of the client certificate.'),
})

const tls = crossChecked(tlsFiles, (given, report) => {
  if ((given.cert == null) === (given.key == null)) return
  report({ path: [given.cert == null ? 'cert' : 'key'], expected: 'both cert and key, or neither' })
})

const eventTypesError = 'an array of at least one event type, such as "member_added"'

/** A webhook goes to exactly one of these. */
const TARGETS = ['url', 'lambda', 'lambda_function'] as const

const options = section({
  id: optional(
    text({ max: 128, pattern: /^[\w.:-]+$/, noun: 'letters, digits and any of _ . : -,' }),
    'Names the webhook in events, statistics and dead letters. When not given, it is derived from what the webhook is.',
  ),
  url: optional(httpUrl(), 'The HTTP or HTTPS URL that gets the requests. Either this, `lambda` or `lambda_function`.'),
  headers: optional(
    headers,
    'Further headers. May replace `User-Agent`, never the key, signature and content headers.',
  ),
  lambda: optional(lambda, 'The AWS Lambda function that is invoked instead of a URL.'),
  lambda_function: optional(functionName(), 'The same in short: only the name of the function.'),
  event_types: documented(
    z.array(text({ max: 200, noun: 'an event type' }), { error: eventTypesError }).min(1, { error: eventTypesError }),
    { description: 'The events that the webhook is told of.' },
  ),
  filter: optional(filter, 'Which channels the webhook is told of. All that is given must hold.'),
  tls: optional(tls, 'How the receiver and the sender certify each other.'),
  ...deliveryOverridesShape,
})

export const webhook = documented(crossChecked(options, hasOneTarget), {
  id: 'Webhook',
  description: 'One receiver of one app, and what it is told of.',
  oneOf: TARGETS.map((target) => ({ required: [target], properties: { [target]: { not: { type: 'null' } } } })),
})

function hasOneTarget(given: Given, report: Report): void {
  const targets = TARGETS.filter((name) => given[name] != null)
  if (targets.length !== 1) {
    const got = targets.length === 0 ? 'none of them' : targets.join(' and ')
    report({ path: [], expected: 'exactly one of url, lambda and lambda_function', got })
  }
  if (given.url == null && given.headers != null) {
    report({ path: ['headers'], expected: 'headers only beside a url; Lambda takes none' })
  }
}
