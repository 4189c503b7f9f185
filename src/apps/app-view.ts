import type { AppConfig, EndpointConfig, FilterConfig } from '../config/model.js'
import { redactUrl } from '../config/shown-value.js'

/** An app for people: without its secrets. */
export interface AppView {
  /** Unique among the apps. */
  readonly id: string
  /** Sent with every request, as `X-Pusher-Key`. */
  readonly key: string
  /** Never shown. */
  readonly secret: '***'
  /** false: the app's events are refused. */
  readonly enabled: boolean
  /** `database`: from the app manager's database; `inline`: from the configuration or by `apps.set`. */
  readonly origin: 'inline' | 'database'
  /** Where its events go. */
  readonly webhooks: readonly WebhookView[]
}

/** A webhook for people: without credentials, and without values of headers. */
export interface WebhookView {
  /** Unique within the app. */
  readonly id: string
  /** null: a Lambda function is called. */
  readonly url: string | null
  /** The AWS Lambda function that is invoked; null: requests go to a URL. */
  readonly lambda: { readonly function_name: string; readonly region: string | null } | null
  /** Names of the headers that are sent along. */
  readonly headers: readonly string[]
  /** Names of the events that it gets. */
  readonly event_types: readonly string[]
  /** Which channels it gets events of, each null where it is not given; null: all channels. */
  readonly filter: {
    readonly channel_type: string | null
    readonly channel_prefix: string | null
    readonly channel_suffix: string | null
    readonly channel_pattern: string | null
    readonly channel_namespaces: readonly string[] | null
  } | null
}

export function viewOf({ id, key, enabled, webhooks }: AppConfig, isFromDatabase: boolean): AppView {
  const origin = isFromDatabase ? 'database' : 'inline'
  return { id, key, secret: '***', enabled, origin, webhooks: webhooks.map(webhookView) }
}

function webhookView({ id, target, eventTypes, filter }: EndpointConfig): WebhookView {
  const isHttp = target.kind === 'http'
  return {
    id,
    url: isHttp ? redactUrl(target.url) : null,
    lambda: isHttp ? null : { function_name: target.functionName, region: target.region },
    headers: isHttp ? Object.keys(target.headers) : [],
    event_types: [...eventTypes],
    filter: filter === null ? null : filterView(filter),
  }
}

function filterView(filter: FilterConfig): WebhookView['filter'] {
  return {
    channel_type: filter.channelType,
    channel_prefix: filter.channelPrefix,
    channel_suffix: filter.channelSuffix,
    channel_pattern: filter.channelPattern,
    channel_namespaces: filter.channelNamespaces,
  }
}
