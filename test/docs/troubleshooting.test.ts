import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HOST_METRICS } from '../../src/stats/layout.js'
import { projectFile } from '../examples/documented.js'

const test = suite('the page of troubleshooting')

const page = projectFile('docs/guide/troubleshooting.md')

/** The literals of a union type in a source. */
function literals(file: string, type: string): string[] {
  const [, union = ''] = new RegExp(`^export type ${type} =\\n((?:  \\| '.*'\\n)+)`, 'm').exec(projectFile(file)) ?? []
  return [...union.matchAll(/'(.*)'/g)].map(([, name = '']) => name)
}

const explains = (name: string) => page.includes(`\n| \`${name}\` `)

test('explains every reason to refuse an event', () => {
  const names = HOST_METRICS.map(({ name }) => name).filter((name) => name.startsWith('refused_'))
  assert.equal(
    names.filter((name) => !explains(name)),
    [],
  )
})

test('explains every cause of a failed delivery', () => {
  const causes = [
    ...literals('src/transport/transport.ts', 'FailureCause'),
    // These two are reported as the cause of the last attempt.
    ...literals('src/courier/ports.ts', 'GiveUpCause').filter(
      (cause) => cause !== 'retries-exhausted' && cause !== 'rejected',
    ),
    ...['endpoint-gone', 'damaged'],
  ]
  assert.ok(causes.length > 15, causes.join())
  assert.equal(
    causes.filter((cause) => !explains(cause)),
    [],
  )
})

test.run()
