import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/** An item of DynamoDB as a plain object. Binary values are left out: no app has them. */
export function plainItem(item: Readonly<Record<string, AttributeValue>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]))
}

function plainValue(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S
  if (value.BOOL !== undefined) return value.BOOL
  if (value.N !== undefined) return Number(value.N)
  if (value.M !== undefined) return plainItem(value.M)
  if (value.L !== undefined) return value.L.map(plainValue)
  if (value.SS !== undefined) return value.SS
  if (value.NS !== undefined) return value.NS.map(Number)
  return null
}
