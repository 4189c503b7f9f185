import { inspect } from 'node:util'
import { suite, type uvu } from 'uvu'
import * as assert from 'uvu/assert'
import type { Backend } from '../../../scripts/app-databases/backend.js'
import { ALL_IDS, type AppRow, type AppSource, type AppVersion } from '../../../src/apps/app-source.js'
import { readRow } from '../../../src/apps/read-row.js'
import { parseConfig } from '../../../src/config/index.js'
import { AppManagerError } from '../../../src/index.js'
import { until } from '../../support/until.js'
import { record, webhooks } from './records.js'

const { defaults } = parseConfig({})
const IMPATIENT = { connectMs: 1000, answerMs: 500 }

async function all<Item>(pages: AsyncIterable<readonly Item[]>): Promise<Item[]> {
  const items: Item[] = []
  for await (const page of pages) items.push(...page)
  return items
}

async function versionOf(source: AppSource, id: string): Promise<string | undefined> {
  return (await all<AppVersion>(source.versions(ALL_IDS))).find((version) => version.id === id)?.version
}

function appOf(row: AppRow | undefined) {
  assert.ok(row)
  const read = readRow(row, { defaults })
  return read.kind === 'app' ? read.app : read.problems
}

async function failure(work: Promise<unknown>): Promise<AppManagerError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.instance(error, AppManagerError)
  return error as AppManagerError
}

/** What every source of apps does, with a database of its kind. */
export function sourceContractSuite(start: () => Promise<Backend>): uvu.Test<{ backend: Backend; source: AppSource }> {
  const test = suite<{ backend: Backend; source: AppSource }>('a source of apps')

  test.before(async (context) => {
    context.backend = await start()
  })
  test.before.each(async (context) => {
    await context.backend.clear()
    context.source = context.backend.source()
  })
  test.after.each(({ source }) => source.close())
  test.after(({ backend }) => backend.stop())

  test('an empty table has no apps', async ({ source }) => {
    assert.equal([await all(source.pages()), await all(source.versions(ALL_IDS))], [[], []])
  })

  test('every app is in exactly one page', async ({ backend, source }) => {
    const ids = Array.from({ length: 1203 }, (_, index) => `app-${index}`)
    await backend.insert(...ids.map((id) => record(id)))
    const rows = await all(source.pages())
    assert.equal(rows.map(({ id }) => id).sort(), ids.sort())
  })

  test('versions are those of the pages', async ({ backend, source }) => {
    await backend.insert(record('a'), record('b'))
    const rows = await all(source.pages())
    const versions = new Map((await all<AppVersion>(source.versions(ALL_IDS))).map(({ id, version }) => [id, version]))
    assert.equal(new Map(rows.map(({ id, version }) => [id, version])), versions)
  })

  test('every change makes another version, however soon it follows', async ({ backend, source }) => {
    await backend.insert(record('a'))
    const versions = new Set([await versionOf(source, 'a')])
    for (const change of [
      { secret: 's2' },
      { secret: 's3' },
      { enabled: false },
      { webhooks: webhooks('https://a.test/') },
    ]) {
      await backend.update('a', change)
      versions.add(await versionOf(source, 'a'))
    }
    assert.is(versions.size, 5)
  })

  test('the fingerprint, where there is one, is the count and the sum of the versions, in every range', async ({
    backend,
    source,
  }) => {
    if (source.fingerprint === null) return
    await backend.insert(...Array.from({ length: 30 }, (_, index) => record(`app-${index}`)))
    const ids = (await all(source.versions(ALL_IDS))).map(({ id }) => id)
    const bounds = [null, ids[9] ?? '', 'app-20-between', ids[20] ?? '', null]
    const ranges = bounds.slice(1).map((upTo, index) => ({ after: bounds[index] ?? null, upTo }))
    const met: string[] = []
    for (const range of [...ranges, ALL_IDS]) {
      const versions = await all<AppVersion>(source.versions(range))
      const sum = versions.reduce((total, { version }) => total + BigInt(version), 0n)
      assert.equal(await source.fingerprint(range), { apps: versions.length, sum })
      if (range !== ALL_IDS) met.push(...versions.map(({ id }) => id))
    }
    assert.equal(met, ids)
  })

  test('the fingerprint, where there is one, changes with an app, a new app and a deletion', async ({
    backend,
    source,
  }) => {
    if (source.fingerprint === null) return
    await backend.insert(record('a'))
    const fingerprints: unknown[] = []
    const take = async () => fingerprints.push(inspect(await source.fingerprint?.(ALL_IDS)))
    await take()
    await take()
    await backend.update('a', { secret: 'another' })
    await take()
    await backend.insert(record('b'))
    await take()
    await backend.remove('a')
    await take()
    assert.equal([fingerprints[0] === fingerprints[1], new Set(fingerprints).size], [true, 4])
  })

  test('a change that comes late, with an older time stamp, is one all the same', async ({ backend, source }) => {
    await backend.insert(record('a'), record('b'))
    const before = await versionOf(source, 'a')
    await backend.update('b', { secret: 'newer' })
    await backend.update('a', { secret: 'older', updated_at: '2001-02-03 04:05:06' })
    assert.is.not(await versionOf(source, 'a'), before)
  })

  test('finds the apps that are there', async ({ backend, source }) => {
    await backend.insert(record('a'), record('b'))
    const rows = await source.find(['a', 'nobody', 'b'])
    assert.equal(rows.map(({ id }) => id).sort(), ['a', 'b'])
  })

  test('finds many apps at once', async ({ backend, source }) => {
    const ids = Array.from({ length: 230 }, (_, index) => `app-${index}`)
    await backend.insert(...ids.map((id) => record(id)))
    assert.is((await source.find(ids)).length, 230)
  })

  test('finds nothing when it is asked for nothing', async ({ source }) => {
    assert.equal(await source.find([]), [])
  })

  test('takes an id for what it is: case, blanks, quotes and other scripts', async ({ backend, source }) => {
    await backend.insert(record('a'), record("o'b\\r"), record('Ωλ'))
    const wanted = ['A', 'a ', "o'b\\r", 'Ωλ', '%']
    const rows = await source.find(wanted)
    assert.equal(rows.map(({ id }) => id).sort(), ["o'b\\r", 'Ωλ'].sort())
  })

  test('reads the flat columns', async ({ backend, source }) => {
    await backend.insert(record('a', { enabled: false, webhooks: webhooks('https://a.test/hook') }))
    const app = appOf((await source.find(['a']))[0])
    assert.equal(
      'webhooks' in app && [
        app.id,
        app.key,
        app.secret,
        app.enabled,
        app.webhooks.map(({ target }) => 'url' in target && target.url),
      ],
      ['a', 'key-of-a', 'secret-of-a', false, ['https://a.test/hook']],
    )
  })

  test('reads a policy, which counts alone', async ({ backend, source }) => {
    const policy = {
      limits: { max_connections: 1 },
      features: {},
      channels: {},
      webhooks: webhooks('https://policy.test/'),
    }
    await backend.insert(record('a', { policy, webhooks: webhooks('https://flat.test/') }))
    const app = appOf((await source.find(['a']))[0])
    assert.equal('webhooks' in app && app.webhooks.map(({ target }) => 'url' in target && target.url), [
      'https://policy.test/',
    ])
  })

  test('reads headers as older versions nested them', async ({ backend, source }) => {
    const nested = [
      { url: 'https://a.test/', event_types: ['member_added'], headers: { headers: { 'X-Key': 'value' } } },
    ]
    await backend.insert(record('a', { webhooks: nested }))
    const app = appOf((await source.find(['a']))[0])
    assert.equal('webhooks' in app && app.webhooks.map(({ target }) => 'headers' in target && target.headers), [
      { 'X-Key': 'value' },
    ])
  })

  test('hands out a record that cannot be read all the same', async ({ backend, source }) => {
    await backend.insert(record('bad', { webhooks: [{ url: 5 }] }), record('good'))
    const rows = await all(source.pages())
    const kinds = rows.map((row) => [row.id, readRow(row, { defaults }).kind]).sort()
    assert.equal(kinds, [
      ['bad', 'invalid'],
      ['good', 'app'],
    ])
  })

  test('a missing table is an error that names it, and is read once it is there', async ({ backend, source }) => {
    if (backend.server === null) return
    await backend.insert(record('a'))
    await all(source.pages())
    await backend.dropTable()
    const error = await failure(all(source.pages()))
    await backend.createTable()
    await backend.insert(record('b'))
    assert.match(error.message, /applications/)
    assert.equal(
      (await all(source.pages())).map(({ id }) => id),
      ['b'],
    )
  })

  test('after close every question is refused', async ({ backend }) => {
    if (backend.server === null) return
    const source = backend.source()
    await all(source.pages())
    await source.close()
    await failure(source.find(['a']))
  })

  test('a paused database is an error within the limit, and answers again afterwards', async (context) => {
    const { backend } = context
    if (backend.server === null) return
    await backend.insert(record('a'))
    await context.source.close()
    const source = backend.source(IMPATIENT)
    context.source = source
    const answers = () =>
      source.find(['a']).then(
        ({ length }) => length === 1,
        () => false,
      )
    await until(answers)
    backend.server.pause()
    const failures = [await failure(source.find(['a'])), await failure(all(source.pages()))]
    backend.server.resume()
    await until(answers)
    assert.equal(
      failures.map(({ code }) => code),
      ['APP_MANAGER_UNAVAILABLE', 'APP_MANAGER_UNAVAILABLE'],
    )
  })

  test('a killed database is an error, and answers again once it is back', async ({ backend, source }) => {
    if (backend.server === null) return
    await backend.insert(record('a'))
    await all(source.pages())
    await backend.server.kill()
    const error = await failure(source.find(['a']))
    await backend.server.start()
    assert.is(error.code, 'APP_MANAGER_UNAVAILABLE')
    assert.is((await all(source.pages())).length, 1)
  })

  return test
}
