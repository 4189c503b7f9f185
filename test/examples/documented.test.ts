import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseConfig, validateWebhook, type WebhookInput } from '../../src/config/index.js'
import { PAGES } from '../docs/pages.js'
import { type DocumentedExample, documentedExamples, projectFile } from './documented.js'

const test = suite('examples in the documentation')

/** Keys at the top of a configuration. */
const SECTIONS = ['apps', 'app_manager', 'webhooks', 'queue', 'dispatcher', 'dead_letters', 'database']

function isWebhook(value: object): value is WebhookInput {
  return 'event_types' in value
}

/** Reads a configuration or a webhook as production does. */
function refusalOf({ code }: DocumentedExample): unknown {
  const value: unknown = JSON.parse(code)
  if (typeof value !== 'object' || value === null) return null
  if (isWebhook(value)) return validateWebhook(value)[0] ?? null
  if (SECTIONS.some((section) => section in value)) parseConfig(value)
  return null
}

for (const page of PAGES) {
  const examples = documentedExamples(page)

  test(`${page}: every block of TypeScript is a copy of a file that is compiled`, () => {
    assert.equal(
      examples.filter(({ file, language }) => language === 'ts' && file === null),
      [],
    )
  })

  for (const { file, code } of examples) {
    if (file === null) continue
    test(`${page}: the code is that of ${file} (node scripts/write-examples.mjs)`, () => {
      assert.is(code, projectFile(file))
    })
  }

  for (const [index, example] of examples.filter(({ language }) => language === 'json').entries()) {
    test(`${page}: JSON block ${index + 1} is accepted`, () => {
      assert.is(refusalOf(example), null)
    })
  }
}

test.run()
