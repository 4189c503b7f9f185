import { endpointIds } from './endpoint-id.js'
import { regionOfArn } from './lambda-arn.js'
import { mergeDelivery } from './merge-delivery.js'
import type {
  AppConfig,
  EndpointConfig,
  EndpointDefaults,
  FilterConfig,
  HttpTarget,
  LambdaTarget,
  TlsConfig,
} from './model.js'
import type { ParsedApp, ParsedWebhook } from './parsed.js'

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({})
const NOTHING: readonly never[] = Object.freeze([])

/** An app as the rest of Signpost sees it. @param defaults what its webhooks get that do not say otherwise */
export function toApp(app: ParsedApp, defaults: EndpointDefaults): AppConfig {
  const webhooks = webhooksOf(app)
  const idOf = endpointIds(webhooks.map(({ id }) => id))
  return {
    id: app.id,
    key: app.key,
    secret: app.secret,
    enabled: app.enabled,
    previousSecrets:
      app.previous_secrets?.map(({ secret, expires_at }) => ({ secret, expiresAtMs: expires_at })) ?? NOTHING,
    standardWebhooksSecret: app.standard_webhooks_secret ?? null,
    webhooks: webhooks.flatMap((webhook) => {
      const target = toTarget(webhook)
      // A webhook that is off has its id all the same, so that those of the others do not change with it.
      const id = idOf(webhook.id, target)
      if (!webhook.enabled) return []
      const { event_types: eventTypes, filter, tls } = webhook
      const subscription = { eventTypes, filter: toFilter(filter) }
      return [{ id, target, ...subscription, tls: toTls(tls), ...mergeDelivery(webhook, defaults) }]
    }),
  }
}

/** The webhooks of an app, those that are off too. */
export function webhooksOf({ policy, webhooks }: ParsedApp): readonly ParsedWebhook[] {
  return (policy == null ? webhooks : policy.webhooks) ?? NOTHING
}

function toTarget({ url, headers, lambda, lambda_function }: ParsedWebhook): EndpointConfig['target'] {
  return url == null ? toLambda(lambda ?? { function_name: lambda_function ?? '' }) : toHttp(url, headers)
}

function toHttp(given: string, headers: ParsedWebhook['headers']): HttpTarget {
  const { href } = new URL(given)
  const fragment = href.indexOf('#')
  return { kind: 'http', url: fragment === -1 ? href : href.slice(0, fragment), headers: headers ?? NO_HEADERS }
}

function toLambda(lambda: NonNullable<ParsedWebhook['lambda']>): LambdaTarget {
  return {
    kind: 'lambda',
    functionName: lambda.function_name,
    invocationType: lambda.invocation_type ?? 'Event',
    qualifier: lambda.qualifier ?? null,
    region: lambda.region ?? regionOfArn(lambda.function_name),
    endpointUrl: lambda.endpoint_url ?? null,
  }
}

function toFilter(filter: ParsedWebhook['filter']): FilterConfig | null {
  if (filter == null) return null
  const given = {
    channelType: filter.channel_type ?? null,
    channelPrefix: filter.channel_prefix ?? filter.channel_name_starts_with ?? null,
    channelSuffix: filter.channel_suffix ?? filter.channel_name_ends_with ?? null,
    channelPattern: filter.channel_pattern ?? null,
    channelNamespaces: toNamespaces(filter),
  }
  return Object.values(given).every((part) => part === null) ? null : given
}

/** Both must hold where both are given. */
function toNamespaces({ channel_namespace: one, channel_namespaces: list }: NonNullable<ParsedWebhook['filter']>) {
  const names = list == null ? null : [...new Set(list)]
  if (one == null) return names
  return names === null || names.includes(one) ? [one] : []
}

function toTls(tls: ParsedWebhook['tls']): TlsConfig | null {
  if (tls == null) return null
  const files = { ca: tls.ca ?? null, cert: tls.cert ?? null, key: tls.key ?? null }
  return Object.values(files).every((path) => path === null) ? null : files
}
