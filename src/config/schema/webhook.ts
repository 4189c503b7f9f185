import { z } from 'zod'
import { regionOfArn } from '../lambda-arn.js'
import { crossChecked, type Given, type Report } from './cross-check.js'
import { deliveryOverridesShape } from './delivery.js'
import { filter } from './filter.js'
import { headers } from './headers.js'
import { httpUrl } from './http-url.js'
import { documented, optional, section, setting } from './option.js'
import { tolerant } from './tolerance.js'
import { choice, text, toggle } from './values.js'

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
    "AWS region; when not given, that of the function's ARN, otherwise the one that the AWS SDK finds.",
  ),
  endpoint_url: optional(httpUrl(), 'URL of a Lambda service other than that of AWS, such as LocalStack.'),
})

const lambda = crossChecked(lambdaFunction, (given, report) => {
  const inArn = typeof given.function_name === 'string' ? regionOfArn(given.function_name) : null
  if (inArn === null || given.region == null || given.region === inArn) return
  report({ path: ['region'], expected: `${inArn}, the region of the ARN in function_name, or none` })
})

const tlsFiles = section({
  ca: optional(path(), 'Path of a PEM file with the certificate authorities to trust for the receiver.'),
  cert: optional(path(), 'Path of a PEM file with the client certificate (mutual TLS).'),
  key: optional(path(), 'Path of a PEM file with the key of the client certificate.'),
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
    'Names the webhook in events, statistics and dead letters. When not given, it is derived from its target: the URL without query and credentials, or the function.',
  ),
  enabled: setting(toggle(), true, 'Whether anything is sent to the webhook.'),
  url: optional(
    httpUrl(),
    'The HTTP or HTTPS URL that gets the requests. Give exactly one of this, `lambda` and `lambda_function`.',
  ),
  headers: optional(
    headers,
    'Additional headers. They may replace `User-Agent`, but not the key, signature and content headers.',
  ),
  lambda: optional(lambda, 'The AWS Lambda function that is invoked instead of a URL.'),
  lambda_function: optional(functionName(), 'A short form of `lambda`: only the name of the function.'),
  event_types: documented(
    z.array(text({ max: 200, noun: 'an event type' }), { error: eventTypesError }).min(1, { error: eventTypesError }),
    { description: 'The names of the events that the webhook gets.' },
  ),
  filter: optional(filter, 'The channels whose events the webhook gets. All conditions that are given must hold.'),
  tls: optional(tls, 'Certificates for TLS with the receiver.'),
  ...deliveryOverridesShape,
})

const tolerantOptions = tolerant(options, {
  repair: (given, warn) => {
    if (typeof given !== 'object' || given === null) return given
    const { headers, ...rest } = given as Given
    const isLambda = rest.url == null && (rest.lambda != null || rest.lambda_function != null)
    if (headers == null || !isLambda) return given
    warn(['headers'], 'they are not sent: a Lambda function has no headers')
    return rest
  },
})

export const webhook = documented(crossChecked(tolerantOptions, hasOneTarget), {
  id: 'Webhook',
  description: 'One receiver of one app, and the events that it gets.',
  oneOf: TARGETS.map((target) => ({ required: [target], properties: { [target]: { not: { type: 'null' } } } })),
})

function hasOneTarget(given: Given, report: Report): void {
  const targets = TARGETS.filter((name) => given[name] != null)
  if (targets.length !== 1) {
    const got = targets.length === 0 ? 'none of them' : targets.join(' and ')
    report({ path: [], expected: 'exactly one of url, lambda and lambda_function', got })
  }
}

/** The path of a PEM file. The file's text in its place is refused, and never shown. */
function path() {
  const longest = 1024
  const error = `the path of a PEM file, of 1 to ${longest} characters`
  return z.string({ error }).superRefine((given, context) => {
    const isText = given.includes('-----BEGIN') || /[\r\n]/.test(given)
    if (!isText && given !== '' && given.length <= longest) return
    const message = isText ? 'the path of a PEM file, not its text' : error
    context.addIssue({ code: 'custom', message, params: { got: `a string of ${given.length} characters` } })
  })
}
