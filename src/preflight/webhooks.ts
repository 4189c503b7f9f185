import { EVENT_NAMES } from '../config/event-names.js'
import { nearestKey } from '../config/nearest-key.js'
import type { Loaded } from '../config/parse.js'
import { createEgressGuard, type EgressGuard } from '../transport/egress.js'
import { nonPublicLabel, parseAddress } from '../transport/egress-addresses.js'
import { type Findings, NOTHING_FOUND, problem, together, warning } from './finding.js'
import { type PlacedWebhook, placedWebhooks } from './placed-webhooks.js'
import type { PreflightPorts } from './ports.js'
import { checkTlsFiles } from './tls-files.js'

const LAMBDA_PACKAGE = '@aws-sdk/client-lambda'

/** Whether what the webhooks name is there, and whether their targets may be connected to. */
export async function checkWebhooks({ effective, config }: Loaded, ports: PreflightPorts): Promise<Findings> {
  const guard = createEgressGuard(config.egress)
  const placed = [...placedWebhooks(effective)]
  const tls = await Promise.all(placed.map((webhook) => checkTls(webhook, ports)))
  const lambda = await checkLambda(placed, ports)
  return together([
    ...placed.flatMap((webhook) => [checkTargets(webhook, guard), checkEvents(webhook)]),
    ...tls,
    lambda,
  ])
}

function checkTargets({ path, webhook }: PlacedWebhook, guard: EgressGuard): Findings {
  const urls = [
    { at: `${path}.url`, url: webhook.url },
    { at: `${path}.lambda.endpoint_url`, url: webhook.lambda?.endpoint_url },
  ]
  return together(
    urls.map(({ at, url }) => {
      if (url == null) return NOTHING_FOUND
      const refusal = guard.checkUrl(url)
      if (refusal !== null) return problem('webhook', at, refusal.message)
      return isOpenToThePublic(new URL(url))
        ? warning(
            at,
            'http:// to an address that is not private: anyone on the network path can read the events; use https://',
          )
        : NOTHING_FOUND
    }),
  )
}

/** Names of one label, and those that no public server has, are of a private network. */
const PRIVATE_NAME =
  /^[^.]+\.?$|\.(?:local|localhost|localdomain|internal|intranet|private|lan|home\.arpa|test|svc)\.?$/i

function isOpenToThePublic({ protocol, hostname }: URL): boolean {
  if (protocol !== 'http:') return false
  const address = parseAddress(hostname)
  return address === null ? !PRIVATE_NAME.test(hostname) : nonPublicLabel(address) === null
}

function checkEvents({ path, webhook }: PlacedWebhook): Findings {
  return together(
    webhook.event_types.map((name, index) => {
      const nearest = EVENT_NAMES.some((known) => known === name) ? null : nearestKey(name, EVENT_NAMES)
      if (nearest === null) return NOTHING_FOUND
      return warning(`${path}.event_types[${index}]`, `no event is called ${name}; did you mean ${nearest}?`)
    }),
  )
}

async function checkTls({ path, webhook }: PlacedWebhook, ports: PreflightPorts): Promise<Findings> {
  const { tls, url } = webhook
  if (tls == null || Object.values(tls).every((file) => file == null)) return NOTHING_FOUND
  if (url == null) return warning(`${path}.tls`, 'it has no effect on a Lambda function')
  if (new URL(url).protocol === 'https:') return checkTlsFiles(`${path}.tls`, tls, ports)
  return problem('webhook', `${path}.tls`, 'it has no effect on a URL that starts with http://; use https://')
}

/** One finding for all functions that lack the same. */
async function checkLambda(placed: readonly PlacedWebhook[], ports: PreflightPorts): Promise<Findings> {
  const functions = placed.filter(({ webhook }) => webhook.url == null)
  const [first] = functions
  if (first === undefined) return NOTHING_FOUND
  const withoutRegion = functions.filter(({ webhook }) => webhook.lambda?.region == null)
  const lacksRegion = withoutRegion.length > 0 && (await ports.awsRegion()) === null
  return together([
    ports.hasPackage(LAMBDA_PACKAGE)
      ? NOTHING_FOUND
      : problem('webhook', first.path, `Lambda needs a package that is not installed: npm install ${LAMBDA_PACKAGE}`),
    ...(lacksRegion ? withoutRegion : []).map(({ path, webhook }) =>
      problem(
        'webhook',
        `${path}.${webhook.lambda == null ? 'lambda_function' : 'lambda'}`,
        'no AWS region: set lambda.region of the webhook, or AWS_REGION',
      ),
    ),
  ])
}
