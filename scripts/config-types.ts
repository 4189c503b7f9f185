import type { JsonSchema } from './config-json-schema.js'

/** What the JSON Schema says of a `Date`, so that its type is not taken for a string. */
export const DATE: JsonSchema = { 'x-type': 'Date' }

/** Names of the interfaces, by the path of what they describe. One name may stand for several that are the same. */
const NAMES: Readonly<Record<string, string>> = {
  '': 'ConfigInput',
  webhooks: 'DeliveryInput',
  'webhooks.batching': 'BatchingInput',
  'webhooks.rate_limit': 'RateLimitInput',
  'webhooks.retry': 'RetryInput',
  'webhooks.circuit_breaker': 'CircuitBreakerInput',
  'webhooks.egress': 'EgressInput',
  dispatcher: 'DispatcherInput',
  dead_letters: 'DeadLettersInput',
  queue: 'QueueInput',
  'queue.disk': 'DiskQueueInput',
  'queue.disk.dead_letters': 'StoredDeadLettersInput',
  'queue.redis': 'RedisQueueInput',
  'queue.redis.dead_letters': 'StoredDeadLettersInput',
  'queue.redis_cluster': 'RedisClusterQueueInput',
  'queue.redis_cluster.dead_letters': 'StoredDeadLettersInput',
  'queue.sqs': 'SqsQueueInput',
  app_manager: 'AppManagerInput',
  'app_manager.array': 'AppArrayInput',
  'app_manager.cache': 'AppCacheInput',
  database: 'DatabaseInput',
  'database.redis': 'RedisServerInput',
  'database.redis.sentinels': 'RedisSentinelInput',
  'database.redis.sentinel_tls': 'ServerTlsInput',
  'database.redis.master_tls': 'ServerTlsInput',
  'database.mysql': 'MysqlInput',
  'database.mysql.tls': 'ServerTlsInput',
  'database.postgres': 'PostgresInput',
  'database.postgres.tls': 'ServerTlsInput',
  'database.dynamodb': 'DynamoDbInput',
  database_pooling: 'DatabasePoolingInput',
  App: 'AppInput',
  'App.policy': 'AppPolicyInput',
  'App.previous_secrets': 'PreviousSecretInput',
  Webhook: 'WebhookInput',
  'Webhook.lambda': 'LambdaInput',
  'Webhook.tls': 'WebhookTlsInput',
  'Webhook.rate_limit': 'RateLimitInput',
  'Webhook.retry': 'WebhookRetryInput',
  'Webhook.circuit_breaker': 'WebhookCircuitBreakerInput',
  Filter: 'FilterInput',
}

/** Types that the JSON Schema cannot say, by path. */
const TYPES: Readonly<Record<string, string>> = {
  'Webhook.event_types': 'readonly EventName[]',
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  ServerTlsInput: 'TLS to a server.',
  StoredDeadLettersInput: 'How many dead letters the store keeps, and for how long.',
  PreviousSecretInput: 'A former secret of an app.',
  RedisSentinelInput: 'A sentinel that the Redis server is found by.',
  FilterInput: 'Which channels a webhook gets events of. All that is given must hold.',
}

/** The interfaces of the configuration as it is written, as TypeScript. Not formatted. */
export function configTypes(root: JsonSchema): string {
  const interfaces = new Map<string, string>()
  const writer = new Writer(interfaces)
  writer.named(root, '')
  for (const [name, schema] of Object.entries(schemas(root.definitions))) writer.named(schema, name)
  return [
    "import type { EventName } from './event-names.js'",
    '// Written by scripts/write-types.mjs from the schema.',
    ...interfaces.values(),
  ].join('\n\n')
}

class Writer {
  readonly #interfaces: Map<string, string>

  constructor(interfaces: Map<string, string>) {
    this.#interfaces = interfaces
  }

  /** Writes the interface of an object. @returns its name */
  named(schema: JsonSchema, path: string, description = schema.description): string {
    const name = NAMES[path]
    if (name === undefined) throw new Error(`${path} needs a name in scripts/config-types.ts`)
    // Before its members, so that it stands above what they name.
    if (!this.#interfaces.has(name)) this.#interfaces.set(name, '')
    const text = `${comment([DESCRIPTIONS[name] ?? String(description)])}export interface ${name} {\n${this.#members(schema, path)}}`
    const before = this.#interfaces.get(name)
    if (before !== '' && before !== text) throw new Error(`${path} is not the same as others with the name ${name}`)
    this.#interfaces.set(name, text)
    return name
  }

  #members(schema: JsonSchema, path: string): string {
    const required = Array.isArray(schema.required) ? schema.required : []
    const members = Object.entries(schemas(schema.properties)).map(([key, member]) => {
      const isRequired = required.includes(key)
      const type = this.#type(member, path === '' ? key : `${path}.${key}`)
      const optional = isRequired ? '' : '?'
      return `${comment(sentences(member, isRequired))}${key}${optional}: ${type}${isRequired ? '' : ' | undefined'}\n`
    })
    const isShared = isSchema(schema.additionalProperties)
    return members.join('') + (isShared ? "/** Other keys are Sockudo's own. */\n[key: string]: unknown\n" : '')
  }

  #type(schema: JsonSchema, path: string): string {
    const { $ref: reference, anyOf, enum: values, type } = schema
    const isNullable = Array.isArray(anyOf) && anyOf.some((each) => isSchema(each) && each.type === 'null')
    if (TYPES[path] !== undefined) return TYPES[path] + (isNullable ? ' | null' : '')
    if (typeof reference === 'string') return NAMES[reference.replace('#/definitions/', '')] ?? 'never'
    if (Array.isArray(anyOf)) {
      const types = anyOf.filter(isSchema).map((each) => this.#type({ description: schema.description, ...each }, path))
      return [...new Set(types.flatMap((each) => each.split(' | ')))].join(' | ')
    }
    if (typeof schema['x-type'] === 'string') return schema['x-type']
    if (Array.isArray(values)) return values.map((value) => literal(value)).join(' | ')
    if (type === 'array') return `readonly ${this.#items(isSchema(schema.items) ? schema.items : {}, path)}[]`
    if (type === 'object') return this.#object(schema, path)
    return [type]
      .flat()
      .map((name) => (name === 'integer' ? 'number' : String(name)))
      .join(' | ')
  }

  #items(items: JsonSchema, path: string): string {
    const type = this.#type(items, path)
    return type.includes('|') ? `(${type})` : type
  }

  #object(schema: JsonSchema, path: string): string {
    if (schema.propertyNames !== undefined) return 'Readonly<Record<string, string>>'
    if (Object.keys(schemas(schema.properties)).length === 0) return 'Readonly<Record<string, unknown>>'
    return this.named(schema, path)
  }
}

/** What is said of an option: its sentence, its range and what holds when it is not given. */
function sentences(option: JsonSchema, isRequired: boolean): readonly string[] {
  const number = alternatives(option).find(
    ({ minimum, exclusiveMinimum }) => (minimum ?? exclusiveMinimum) !== undefined,
  )
  const overrides =
    typeof option['x-overrides'] === 'string' ? [`When not given, \`${option['x-overrides']}\` applies.`] : []
  const fallback = isRequired || option.default === undefined ? [] : [`@default ${fallbackText(option.default)}`]
  return [String(option.description), ...(number === undefined ? [] : range(number, option)), ...overrides, ...fallback]
}

function range({ minimum, exclusiveMinimum, maximum }: JsonSchema, option: JsonSchema): readonly string[] {
  if (Number(maximum) === Number.MAX_SAFE_INTEGER) return []
  const unit = typeof option['x-unit'] === 'string' ? ` ${option['x-unit']}` : ''
  return [
    minimum === undefined
      ? `Above ${exclusiveMinimum}, at most ${maximum}${unit}.`
      : `From ${minimum} to ${maximum}${unit}.`,
  ]
}

function fallbackText(fallback: unknown): string {
  return fallback === null ? 'none' : JSON.stringify(fallback)
}

function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  return Array.isArray(schema.anyOf) ? schema.anyOf.filter(isSchema).flatMap(alternatives) : [schema]
}

const WIDTH = 130

function comment(paragraphs: readonly string[]): string {
  const lines = paragraphs
    .flatMap((text) => text.match(new RegExp(`.{1,${WIDTH}}(?: |$)`, 'g')) ?? [])
    .map((line) => line.trimEnd())
  const [only, ...others] = lines
  return others.length === 0 ? `/** ${only} */\n` : `/**\n${lines.map((line) => ` * ${line}\n`).join('')} */\n`
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value)
}

function schemas(given: unknown): Readonly<Record<string, JsonSchema>> {
  return isSchema(given) ? (given as Readonly<Record<string, JsonSchema>>) : {}
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
