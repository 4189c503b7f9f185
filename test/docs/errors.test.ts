import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import * as main from '../../src/index.js'
import * as receiver from '../../src/receiver/index.js'
import * as testing from '../../src/testing/index.js'
import { projectRoot } from '../support/project-root.js'

const test = suite('the page of errors')

/** Of errors that never leave a worker thread, or the command line. */
const INTERNAL = new Set(['DELIVERY_FAILED', 'EGRESS_REFUSED', 'LOAD', 'RUN'])

const page = readFileSync(join(projectRoot, 'docs/reference/errors.md'), 'utf8')

function sources(): string[] {
  const folder = join(projectRoot, 'src')
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  return names.map((name) => readFileSync(join(folder, name), 'utf8'))
}

function codes(): string[] {
  const literals = sources().flatMap((source) => [
    ...source.matchAll(/(?:super|SignpostError|ReceiverWaitError|ConfigFileError)\(\s*'(?<code>[A-Z_]+)'/g),
  ])
  return [...new Set(literals.map(({ groups }) => groups?.code ?? ''))]
}

test('lists every code', () => {
  const found = codes()
  assert.ok(found.includes('INVALID_DURATION') && found.includes('SHARD_DOWN'), found.join())
  assert.equal(
    found.filter((code) => !INTERNAL.has(code) && !page.includes(`\`${code}\``)),
    [],
  )
})

test('lists every class that is exported, under its literal name', () => {
  const classes = [main, receiver, testing].flatMap((exports) => Object.entries<unknown>({ ...exports }))
  const errors = classes.filter(
    ([, value]) =>
      typeof value === 'function' && (value === main.SignpostError || value.prototype instanceof main.SignpostError),
  )
  assert.ok(errors.length > 8, `${errors.length} classes`)
  assert.equal(
    errors.map(([name]) => name).filter((name) => !page.includes(`\`${name}\``)),
    [],
  )
})

test('names classes as they name themselves, whatever a minifier makes of them', () => {
  const declared = sources().flatMap((source) => [...source.matchAll(/class (\w+) extends SignpostError \{\n\s*(.*)/g)])
  const unnamed = declared.filter(([, name, first]) => first !== `override name = '${name}'`)
  assert.equal([declared.length > 8, unnamed.map(([, name]) => name)], [true, []])
})

test.run()
