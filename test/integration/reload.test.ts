import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import { ConfigError, createDispatcher, loadConfig } from '../../src/index.js'
import { appWith, withDispatcher, withReceiver } from '../support/dispatcher.js'

const test = suite('a dispatcher that reloads its configuration')

test('sets what is new or changed, deletes what is gone and leaves the rest alone', () =>
  withReceiver((receiver) => {
    const app = (id: string, path = '/webhooks') => appWith([{ url: `${receiver.origin}${path}` }], { id })
    return withDispatcher({ apps: [app('same'), app('changed'), app('gone')] }, async (dispatcher) => {
      const reloaded = await dispatcher.reload({ apps: [app('same'), app('changed', '/new'), app('added')] })
      const accepted = ['same', 'changed', 'gone', 'added'].map((id) =>
        dispatcher.emit(id, { name: 'channel_occupied', channel: id }),
      )
      await dispatcher.flush()
      const places = receiver.requests.map(({ path, events }) => `${path} ${events[0]?.channel}`)
      assert.equal(
        [reloaded, accepted, places.toSorted()],
        [{ set: 2, deleted: 1 }, [true, true, false, true], ['/new changed', '/webhooks added', '/webhooks same']],
      )
    })
  }))

test('takes what loadConfig has returned', () =>
  withDispatcher({ apps: [appWith([])] }, async (dispatcher) => {
    const reloaded = await dispatcher.reload(await loadConfig({ apps: [] }))
    assert.equal([reloaded, dispatcher.stats().apps], [{ set: 0, deleted: 1 }, 0])
  }))

test('changes nothing when the configuration is wrong', () =>
  withDispatcher({ apps: [appWith([])] }, async (dispatcher) => {
    const error: unknown = await dispatcher.reload({ apps: [{ id: '' } as never] }).catch((reason: unknown) => reason)
    assert.equal([error instanceof ConfigError, dispatcher.stats().apps], [true, 1])
  }))

const start = suite('the start of a dispatcher')

/** How a configuration names a variable. */
const placeholder = (name: string) => ['$', `{${name}}`].join('')

interface Line {
  readonly fields: object
  readonly message: string
}

async function startLog(config: object, environment?: Record<string, string>): Promise<readonly Line[]> {
  const lines: Line[] = []
  const note = (fields: object, message: string) => void lines.push({ fields, message })
  const dispatcher = await createDispatcher(
    { dispatcher: { shards: 1 }, ...config },
    { logger: { info: note, warn: note, error: note }, environment },
  )
  await dispatcher.close()
  return lines
}

start('is one line that says what has started, and how durable it is', async () => {
  const [line, ...others] = await startLog({ apps: [appWith([{ url: 'http://127.0.0.1:9/' }])] })
  assert.equal(
    [line?.message, others.length],
    [
      'started: shards: 1, memory: 68 MiB, queue: memory (what is undelivered at exit is lost), apps: 1, webhooks: 1, warnings: 0',
      0,
    ],
  )
})

start('says each warning in a line of its own', async () => {
  const [line, ...warnings] = await startLog({ apps: [], unheard_of: 1 })
  assert.match(line?.message ?? '', /warnings: 1/)
  assert.match(warnings[0]?.message ?? '', /^unheard_of: /)
})

start('names the variables that were used', async () => {
  const secret = { ...appWith([]), secret: placeholder('APP_SECRET') }
  const [line] = await startLog({ apps: [secret] }, { APP_SECRET: 'from the environment', OTHER: 'x' })
  assert.match(line?.message ?? '', /environment variables used: APP_SECRET$/)
})

start('leaves a configuration in code as it is, whatever the environment has', async () => {
  process.env.REDIS_URL = 'redis://127.0.0.1:1'
  try {
    const [line] = await startLog({ apps: [] })
    assert.match(line?.message ?? '', /queue: memory .*warnings: 0$/)
  } finally {
    delete process.env.REDIS_URL
  }
})

start('interpolates a file', async () => {
  const folder = temporaryFolder()
  const file = folder.write(
    'config.json',
    JSON.stringify({ apps: [{ ...appWith([]), secret: placeholder('SOME_SECRET') }], dispatcher: { shards: 1 } }),
  )
  const config = await loadConfig(file, { environment: { SOME_SECRET: 's3cret' } })
  folder.remove()
  assert.equal(config.toJSON().apps, 1)
})

test.run()
start.run()
