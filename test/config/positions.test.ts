import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readSource } from '../../src/config/source.js'
import { tomlOffsets } from '../../src/config/toml-positions.js'

const test = suite('the places of values in a file')

const sourceOf = (name: string, text: string, environment = {}) => readSource(name, Buffer.from(text), environment)

/** The text from the place of a path to the end of its line. */
function textAt(name: string, text: string, path: string, environment = {}): string | null {
  const position = sourceOf(name, text, environment).locate(path)
  return position === null ? null : (text.split('\n')[position.line - 1]?.slice(position.column - 1) ?? null)
}

const JSON_TEXT = `{
  "a": { "b": [1, {"c": "}]," }, [2, 3]], "e": {} },
  "x-y": "\\"[", "with blank": { "z": 1 },
  "last": [ ], "f\\u0067": true
}`

const IN_JSON: Readonly<Record<string, string | null>> = {
  a: '"a": { "b": [1, {"c": "}]," }, [2, 3]], "e": {} },',
  'a.b[0]': '1, {"c": "}]," }, [2, 3]], "e": {} },',
  'a.b[1].c': '"c": "}]," }, [2, 3]], "e": {} },',
  'a.b[2][1]': '3]], "e": {} },',
  'a.e': '"e": {} },',
  '["x-y"]': '"x-y": "\\"[", "with blank": { "z": 1 },',
  '[key 3, 10 characters].z': '"z": 1 },',
  last: '"last": [ ], "f\\u0067": true',
  fg: '"f\\u0067": true',
  'a.b[1].gone.further': '{"c": "}]," }, [2, 3]], "e": {} },',
  'a.b[9]': '"b": [1, {"c": "}]," }, [2, 3]], "e": {} },',
  nowhere: null,
}

for (const [path, text] of Object.entries(IN_JSON)) {
  test(`${path} is found in JSON`, () => {
    assert.is(textAt('c.json', JSON_TEXT, path), text)
  })
}

const TOML_TEXT = `# a comment = 1
top = "x # [y]"
dotted.key = 1
"quoted key".inner = 2

[webhooks.batching] # comment
size = 0
list = [ 1, "],", { deep = true }, # [
  [ 4 ] ]
text = """
size = 9
[no.table]
"""
when = 2030-01-02 03:04:05Z
after = 'a"'

[[apps]]
id = "a"
[[apps.webhooks]]
url = "u"
[[apps.webhooks]]
headers = { X-A = "b", "X-B" = "}" }
  [apps.webhooks.filter]
  channel = "x"
[[apps]]
id = "b"
[apps.policy]
webhooks = []
`

const IN_TOML: Readonly<Record<string, string | null>> = {
  top: 'top = "x # [y]"',
  'dotted.key': 'key = 1',
  '[key 3, 10 characters].inner': 'inner = 2',
  'webhooks.batching': 'batching] # comment',
  'webhooks.batching.size': 'size = 0',
  'webhooks.batching.list[1]': '"],", { deep = true }, # [',
  'webhooks.batching.list[2].deep': 'deep = true }, # [',
  'webhooks.batching.list[3][0]': '4 ] ]',
  'webhooks.batching.when': 'when = 2030-01-02 03:04:05Z',
  'webhooks.batching.after': `after = 'a"'`,
  'apps[0].id': 'id = "a"',
  'apps[0].webhooks[0].url': 'url = "u"',
  'apps[0].webhooks[1].headers["X-B"]': '"X-B" = "}" }',
  'apps[0].webhooks[1].filter.channel': 'channel = "x"',
  'apps[1]': '[[apps]]',
  'apps[1].id': 'id = "b"',
  'apps[1].policy.webhooks': 'webhooks = []',
  'apps[1].policy.webhooks[0].url': 'webhooks = []',
  nowhere: null,
}

for (const [path, text] of Object.entries(IN_TOML)) {
  test(`${path} is found in TOML`, () => {
    assert.is(textAt('c.toml', TOML_TEXT, path), text)
  })
}

test('what comes after a variable is found where it is written', () => {
  const reference = '$' + '{A}'
  const text = `{ "a": "${reference}", "b": 1 }`
  assert.is(textAt('c.json', text, 'b', { A: 'a long text' }), '"b": 1 }')
})

test('quotes that are escaped end no text of several lines', () => {
  const text = 'a = """x \\""" [y]\nb = 1"""\nc = 2\n'
  assert.equal([textAt('c.toml', text, 'b'), textAt('c.toml', text, 'c')], [null, 'c = 2'])
})

test('places are looked for to the end of any text', () => {
  const pieces = fc.constantFrom(...'[]{}=,.#"\\ab1 \n', '[[', ']]', "'", '"""', "'''", ' = ', 'a.b')
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      return tomlOffsets(parts.join('')) instanceof Map
    }),
    { numRuns: 3000 },
  )
})

test('what has no name is read as JSON when it begins with a brace, and as TOML otherwise', () => {
  assert.equal([sourceOf('-', ' {"a": 1}').input, sourceOf('-', 'a = 1').input], [{ a: 1 }, { a: 1 }])
})

test.run()
