import type { JsonSchema } from './config-json-schema.js'

/** The Markdown tables of all options, a row each, out of the JSON Schema alone. */
export function configTable(schema: JsonSchema): string {
  const { definitions, properties } = schema
  const named = (name: string) => (isSchema(definitions) && isSchema(definitions[name]) ? definitions[name] : {})
  const parts = [
    ['Global', rowsOf({ properties }, schema)],
    ['An app', rowsOf(named('App'), schema)],
    ['A webhook', rowsOf(named('Webhook'), schema)],
  ] as const
  return parts.map(([title, rows]) => `**${title}**\n\n${table(rows)}`).join('\n\n')
}

interface Row {
  readonly key: string
  readonly type: string
  readonly fallback: string
  readonly meaning: string
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ key, type, fallback, meaning }) => {
    return `| \`${key}\` | ${cell(type)} | ${cell(fallback)} | ${cell(meaning)} |`
  })
  return ['| Key | Type | Default | Meaning |', '| --- | --- | --- | --- |', ...lines].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

/** The options of an object and of those within, in the order of the schema. */
function rowsOf(object: JsonSchema, root: JsonSchema, prefix = ''): readonly Row[] {
  const required = Array.isArray(object.required) ? object.required : []
  return Object.entries(isSchema(object.properties) ? object.properties : {}).flatMap(([name, given]) => {
    const option = resolve(given, root)
    const key = `${prefix}${name}`
    if (isUnread(option.type)) return []
    const inner = rowsOf(option.type, root, `${key}.`)
    if (inner.length > 0 && option.info['x-overrides'] === undefined) return inner
    const fallback = fallbackOf(option.info, required.includes(name))
    return {
      key,
      type: typeName(option.type, root, option.info),
      fallback,
      meaning: String(option.info.description),
    }
  })
}

/** An object of which no key matters. */
function isUnread({ properties, propertyNames }: JsonSchema): boolean {
  return isSchema(properties) && Object.keys(properties).length === 0 && propertyNames === undefined
}

/** What is said of an option, and its type without null and without references. */
interface Option {
  readonly info: JsonSchema
  readonly type: JsonSchema
}

function resolve(given: unknown, root: JsonSchema): Option {
  const info = isSchema(given) ? given : {}
  const [only, ...others] = alternatives(info).filter((type) => type.type !== 'null')
  const type = only === undefined || others.length > 0 ? info : resolve(only, root).type
  return { info, type: dereference(type, root) }
}

function dereference(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const { $ref: reference } = schema
  if (typeof reference !== 'string') return schema
  const named = reference
    .split('/')
    .slice(1)
    .reduce<unknown>((at, key) => (isSchema(at) ? at[key] : undefined), root)
  return isSchema(named) ? named : {}
}

function fallbackOf(info: JsonSchema, required: boolean): string {
  if (required) return 'required'
  if (typeof info['x-overrides'] === 'string') return `\`${info['x-overrides']}\``
  if (info.default === undefined) return ''
  return info.default === null ? 'none' : `\`${JSON.stringify(info.default)}\``
}

/** Numbers and truth values may be strings too; to say so in each row would hide the rest. */
function typeName(type: JsonSchema, root: JsonSchema, info: JsonSchema): string {
  const [main = type] = alternatives(type)
  const unit = typeof info['x-unit'] === 'string' ? ` ${info['x-unit']}` : ''
  if (Array.isArray(main.enum)) return main.enum.map((name) => `\`${JSON.stringify(name)}\``).join(', ')
  if (main.type === 'array') return `array of ${typeName(resolve(main.items, root).type, root, {})}`
  if (main.type === 'integer' || main.type === 'number') return `${main.type}${rangeOf(main)}${unit}`
  return [main.type]
    .flat()
    .filter((name) => name !== 'null')
    .join(', ')
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: JsonSchema): string {
  const least = minimum === undefined ? `above ${exclusiveMinimum}` : `${minimum}`
  return Number(maximum) === Number.MAX_SAFE_INTEGER ? '' : ` ${least} to ${maximum}`
}

function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  const either = schema.anyOf ?? schema.allOf
  return Array.isArray(either) ? either.filter(isSchema) : []
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
