import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { documentedExamples, projectFile } from './documented.js'

const test = suite('examples in the documentation')

for (const page of [
  'README.md',
  'docs/guide/durability.md',
  'docs/receiver.md',
  'docs/signatures.md',
  'docs/testing.md',
]) {
  test(`${page} has examples`, () => {
    assert.ok(documentedExamples(page).length > 0)
  })

  for (const { file, code } of documentedExamples(page)) {
    test(`${page}: the code is that of ${file}, which the tests run`, () => {
      assert.is(code, projectFile(file ?? ''))
    })
  }
}

test.run()
