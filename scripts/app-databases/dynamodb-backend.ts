import {
  type AttributeValue,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb'
import { DynamoDbSource } from '../../src/apps/dynamodb.js'
import { parseConfig } from '../../src/config/index.js'
import { startDynalite } from '../servers/dynalite.js'
import type { Backend, StoredRecord } from './backend.js'

const TABLE = 'applications'
const MOST_WRITES = 25
const CREDENTIALS = { accessKeyId: 'id', secretAccessKey: 'secret' }

/** DynamoDB as dynalite plays it. */
export async function startDynamoDbBackend(): Promise<Backend> {
  const server = await startDynalite()
  const client = new DynamoDBClient({
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${server.port}`,
    credentials: CREDENTIALS,
  })
  const waiting = { client, minDelay: 0.01, maxDelay: 0.1, maxWaitTime: 60 }
  const createTable = async (): Promise<void> => {
    await client.send(
      new CreateTableCommand({
        TableName: TABLE,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'S' },
          { AttributeName: 'key', AttributeType: 'S' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'KeyIndex',
            KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
            ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
          },
        ],
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      }),
    )
    await waitUntilTableExists(waiting, { TableName: TABLE })
  }
  await createTable()
  const remove = async (id: string): Promise<void> => {
    await client.send(new DeleteItemCommand({ TableName: TABLE, Key: { id: { S: id } } }))
  }
  const configAt = (port: number) => ({
    database: {
      dynamodb: {
        region: 'eu-west-1',
        table_name: TABLE,
        endpoint_url: `http://127.0.0.1:${port}`,
        aws_access_key_id: CREDENTIALS.accessKeyId,
        aws_secret_access_key: CREDENTIALS.secretAccessKey,
      },
    },
  })
  const config = configAt(server.port)
  const { database } = parseConfig(config)
  return {
    config,
    configAt,
    port: server.port,
    driver: 'dynamodb',
    server,
    source: (limits) => new DynamoDbSource(database.dynamodb, limits),
    async insert(...records) {
      for (let start = 0; start < records.length; start += MOST_WRITES) {
        const requests = records.slice(start, start + MOST_WRITES).map((one) => ({ PutRequest: { Item: stored(one) } }))
        await client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: requests } }))
      }
    },
    async update(id, values) {
      const { Item = {} } = await client.send(new GetItemCommand({ TableName: TABLE, Key: { id: { S: id } } }))
      await client.send(new PutItemCommand({ TableName: TABLE, Item: { ...Item, ...stored(values) } }))
    },
    remove,
    async clear() {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: TABLE }))
      for (const { id } of Items) await remove(String(id?.S))
    },
    settle: async () => undefined,
    async dropTable() {
      await client.send(new DeleteTableCommand({ TableName: TABLE }))
      await waitUntilTableNotExists(waiting, { TableName: TABLE })
    },
    createTable,
    async stop() {
      client.destroy()
      await server.stop()
    },
  }
}

/** As Sockudo writes items: JSON is stored as text, what is absent is left out. */
function stored(record: StoredRecord): Record<string, AttributeValue> {
  const entries = Object.entries(record).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(entries.map(([name, value]) => [name, attribute(value)]))
}

function attribute(value: unknown): AttributeValue {
  if (typeof value === 'boolean') return { BOOL: value }
  if (typeof value === 'number') return { N: String(value) }
  return { S: typeof value === 'string' ? value : JSON.stringify(value) }
}
