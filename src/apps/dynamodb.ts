import { setTimeout as sleep } from 'node:timers/promises'
import type { AttributeValue, DynamoDBClient, KeysAndAttributes } from '@aws-sdk/client-dynamodb'
import type { DynamoDbConfig } from '../config/model.js'
import { AppManagerError } from '../errors.js'
import { isLocalFault } from '../local-fault.js'
import { answered, type SourceLimits } from './answer-limit.js'
import type { AppRow, AppSource, AppVersion, OnChange } from './app-source.js'
import { plainItem } from './attribute-value.js'
import { contentVersion } from './memory.js'
import { loadDriver } from './optional-package.js'
import { sourceError } from './source-error.js'

type Sdk = typeof import('@aws-sdk/client-dynamodb')
type Item = Readonly<Record<string, AttributeValue>>

/** The SDK waits by itself when the table is asked for more than its capacity. */
const LIMITS: SourceLimits = { connectMs: 5000, answerMs: 30_000 }
const MOST_ATTEMPTS = 5
const PAGE_ITEMS = 250
/** As many as DynamoDB takes. */
const MOST_KEYS = 100

/** Read capacity units per second: the first read is waited for, the others must leave most of the table's capacity to Sockudo. */
const LOAD_UNITS_PER_SECOND = 1000
const POLL_UNITS_PER_SECOND = 100

/** Errors that waiting does not put right, by name: credentials that are wrong or missing, and rights. */
const LASTING: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'UnrecognizedClientException',
  'ValidationException',
])

const NAMES = {
  '#id': 'id',
  '#key': 'key',
  '#secret': 'secret',
  '#enabled': 'enabled',
  '#policy': 'policy',
  '#webhooks': 'webhooks',
}
const PROJECTION = { ProjectionExpression: Object.keys(NAMES).join(', '), ExpressionAttributeNames: NAMES }

/**
 * A table of DynamoDB, as Sockudo makes it. It has nothing that would tell changes more cheaply than a scan, so that every comparison reads all
 * items, consistently: what a look-up has found must not vanish in a scan that lags behind.
 */
export class DynamoDbSource implements AppSource {
  readonly fingerprint = null
  readonly #config: DynamoDbConfig
  readonly #limits: SourceLimits
  readonly #where: string
  readonly #closing = new AbortController()
  #client: DynamoDBClient | null = null

  constructor(config: DynamoDbConfig, limits: SourceLimits = LIMITS) {
    this.#config = config
    this.#limits = limits
    const place = config.endpointUrl === null ? config.region : new URL(config.endpointUrl).host
    this.#where = `the table ${config.tableName} of DynamoDB at ${place}`
  }

  pages(): AsyncIterable<readonly AppRow[]> {
    return this.#scan(LOAD_UNITS_PER_SECOND)
  }

  versions(): AsyncIterable<readonly AppVersion[]> {
    return this.#scan(POLL_UNITS_PER_SECOND)
  }

  async find(ids: readonly string[]): Promise<readonly AppRow[]> {
    const rows: AppRow[] = []
    const unique = [...new Set(ids)]
    for (let start = 0; start < unique.length; start += MOST_KEYS) {
      rows.push(...(await this.#get(unique.slice(start, start + MOST_KEYS))))
    }
    return rows
  }

  watch(_onChange: OnChange): void {
    // Streams would have to be enabled on the table, which Signpost never alters.
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the app manager is closed'))
    this.#client?.destroy()
  }

  async *#scan(unitsPerSecond: number): AsyncGenerator<readonly AppRow[]> {
    let from: Item | undefined
    do {
      const startedMs = performance.now()
      const page = await this.#ask((client, { ScanCommand }, abortSignal) => {
        const input = { TableName: this.#config.tableName, ConsistentRead: true, Limit: PAGE_ITEMS, ...PROJECTION }
        const more = { ReturnConsumedCapacity: 'TOTAL' as const, ExclusiveStartKey: from }
        return client.send(new ScanCommand({ ...input, ...more }), { abortSignal })
      })
      from = page.LastEvaluatedKey
      yield (page.Items ?? []).map(toAppRow)
      const dueMs = ((page.ConsumedCapacity?.CapacityUnits ?? 0) / unitsPerSecond) * 1000
      if (from !== undefined) await this.#pause(startedMs + dueMs - performance.now())
    } while (from !== undefined)
  }

  async #get(ids: readonly string[]): Promise<readonly AppRow[]> {
    const rows: AppRow[] = []
    const { tableName } = this.#config
    const keys = ids.map((id) => ({ id: { S: id } }))
    let wanted: Record<string, KeysAndAttributes> = { [tableName]: { Keys: keys, ConsistentRead: true, ...PROJECTION } }
    while (Object.keys(wanted).length > 0) {
      const { Responses, UnprocessedKeys } = await this.#ask((client, { BatchGetItemCommand }, abortSignal) =>
        client.send(new BatchGetItemCommand({ RequestItems: wanted }), { abortSignal }),
      )
      rows.push(...(Responses?.[tableName] ?? []).map(toAppRow))
      wanted = UnprocessedKeys ?? {}
      if (Object.keys(wanted).length > 0) await this.#pause(100)
    }
    return rows
  }

  async #ask<Answer>(
    send: (client: DynamoDBClient, sdk: Sdk, abortSignal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    const asking = new AbortController()
    const abort = (): void => asking.abort(this.#closing.signal.reason)
    try {
      this.#closing.signal.throwIfAborted()
      this.#closing.signal.addEventListener('abort', abort)
      const sdk = loadDriver<Sdk>('dynamodb', '@aws-sdk/client-dynamodb', '^3.0.0')
      this.#client ??= this.#createClient(sdk)
      return await answered(send(this.#client, sdk, asking.signal), this.#limits.answerMs)
    } catch (error) {
      asking.abort(error)
      throw this.#meaning(error)
    } finally {
      this.#closing.signal.removeEventListener('abort', abort)
    }
  }

  #meaning(error: unknown): AppManagerError {
    const name = error instanceof Error ? error.name : ''
    if (name !== 'ResourceNotFoundException') {
      return sourceError(this.#where, error, LASTING.has(name) || isLocalFault(error))
    }
    return new AppManagerError('APP_MANAGER_TABLE', `${this.#where} does not exist`, { cause: error })
  }

  #createClient({ DynamoDBClient: Client }: Sdk): DynamoDBClient {
    const { region, endpointUrl, accessKeyId, secretAccessKey, profileName } = this.#config
    const isGiven = accessKeyId !== null && secretAccessKey !== null
    return new Client({
      region,
      maxAttempts: MOST_ATTEMPTS,
      retryMode: 'adaptive',
      requestHandler: { connectionTimeout: this.#limits.connectMs, requestTimeout: this.#limits.answerMs },
      ...(endpointUrl === null ? {} : { endpoint: endpointUrl }),
      ...(isGiven ? { credentials: { accessKeyId, secretAccessKey } } : {}),
      ...(profileName === null ? {} : { profile: profileName }),
    })
  }

  async #pause(ms: number): Promise<void> {
    if (ms <= 0) return
    try {
      await sleep(ms, undefined, { signal: this.#closing.signal })
    } catch (error) {
      throw sourceError(this.#where, error)
    }
  }
}

function toAppRow(item: Item): AppRow {
  const record = plainItem(item)
  return { id: String(record.id), version: contentVersion(record), record }
}
