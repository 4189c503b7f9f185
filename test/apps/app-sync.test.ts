import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { AppManagerError } from '../../src/errors.js'
import { until } from '../support/until.js'
import { FakeSource } from './support/fake-source.js'
import { record, webhooks } from './support/records.js'
import { closeRigs, records as many, syncRig as rig } from './support/sync-rig.js'

const test = suite('keeping apps equal to those of a source')
test.after.each(closeRigs)

test('loads all apps, in pages', async () => {
  const { sync, apps } = rig(new FakeSource(many(1234)))
  await sync.start()
  assert.equal([apps.size, sync.isLoaded], [1234, true])
})

test('an inline app wins over the record of the same id', async () => {
  const { sync, apps } = rig(new FakeSource([record('a'), record('b')]), { inline: ['a'] })
  await sync.start()
  assert.equal([[...apps.keys()], sync.owns('a'), sync.owns('b')], [['b'], false, true])
})

test('an inline app stays as it is when the record of the same id changes, vanishes and comes back', async () => {
  const source = new FakeSource([record('a'), record('b')])
  const { sync, changes } = rig(source, { inline: ['a'] })
  await sync.start()
  source.put(record('a', { secret: 'another' }))
  await sync.refresh()
  source.records.delete('a')
  await sync.refresh()
  await sync.refreshOne('a')
  source.put(record('a'))
  source.notify(['a'])
  source.put(record('c'))
  source.notify(['c'])
  await until(() => changes.includes('put c'))
  assert.equal(changes, ['put b', 'put c'])
})

test('a record that cannot be read disables its app, is reported, and does not fail the load', async () => {
  const { sync, apps, invalid } = rig(new FakeSource([record('bad', { webhooks: '{"' }), record('good')]))
  await sync.start()
  assert.equal(
    [apps.get('bad')?.enabled, apps.get('good')?.enabled, invalid.map(({ app }) => app)],
    [false, true, ['bad']],
  )
})

test('an app whose record becomes unreadable keeps its secret for what waits, and takes no events', async () => {
  const source = new FakeSource([record('a')])
  const { sync, apps } = rig(source)
  await sync.start()
  source.put(record('a', { secret: 5, webhooks: [{ url: 'no URL' }] }))
  await sync.refresh()
  assert.equal([apps.get('a')?.secret, apps.get('a')?.enabled], ['secret-of-a', false])
})

test('reports of unreadable records hold no secret', async () => {
  const { sync, invalid } = rig(
    new FakeSource([record('a', { key: 'with blank', secret: 'topsecret', webhooks: 'x' })]),
  )
  await sync.start()
  assert.not.match(JSON.stringify(invalid), /topsecret/)
})

test('a comparison sets what is new or changed, deletes what is gone and leaves the rest alone', async () => {
  const source = new FakeSource([record('same'), record('changed'), record('gone')])
  const { sync, changes } = rig(source)
  await sync.start()
  changes.length = 0
  source.put(record('changed', { secret: 'another' }), record('new'))
  source.records.delete('gone')
  const result = await sync.refresh()
  assert.equal([changes, result], [['put changed', 'put new', 'remove gone'], { set: 2, deleted: 1 }])
})

test('a record that differs only in what is not read changes nothing', async () => {
  const source = new FakeSource([record('a')])
  const { sync } = rig(source)
  await sync.start()
  source.put(record('a', { max_connections: 17, updated_at: 'now' }))
  assert.equal(await sync.refresh(), { set: 0, deleted: 0 })
})

test('is polled at the configured interval', async () => {
  const source = new FakeSource([record('a')])
  const { sync, apps } = rig(source, { appManager: { poll_interval_ms: 5 } })
  await sync.start()
  source.put(record('b'))
  await until(() => apps.has('b'))
})

test('a poll in which most of 20 apps vanish is held back, reported, and confirmed by the second', async () => {
  const source = new FakeSource(many(20))
  const { sync, apps, lines } = rig(source)
  await sync.start()
  source.records.clear()
  await sync.refresh()
  const afterFirst = apps.size
  await sync.refresh()
  assert.equal([afterFirst, apps.size, lines.some((line) => /20 of 20 apps are gone/.test(line))], [20, 0, true])
})

test('apps that come back before the second read stay', async () => {
  const source = new FakeSource(many(20))
  const { sync, apps, changes } = rig(source)
  await sync.start()
  source.records.clear()
  await sync.refresh()
  source.put(...many(20))
  await sync.refresh()
  assert.equal([apps.size, changes.length], [20, 20])
})

test('a source that is away fails the start, which says how often and for how long it has tried', async () => {
  const source = new FakeSource()
  source.isAway = true
  const { sync } = rig(source, { startTimeoutMs: 150 })
  const error: unknown = await sync.start().catch((reason: unknown) => reason)
  assert.is((error as { code: string }).code, 'APP_MANAGER_UNAVAILABLE')
  assert.match(String(error), /the database is away \(given up after [2-9] attempts within \d+\.\d s\)/)
})

test('a source that comes back in time does not fail the start', async () => {
  const source = new FakeSource([record('a')])
  source.isAway = true
  const { sync, apps } = rig(source, { startTimeoutMs: Number.POSITIVE_INFINITY })
  const started = sync.start()
  await until(() => source.asked > 1)
  source.isAway = false
  await started
  assert.equal([[...apps.keys()], sync.isLoaded], [['a'], true])
})

for (const code of ['APP_MANAGER_TABLE', 'APP_MANAGER_UNUSABLE'] as const) {
  test(`a source that waiting does not help fails the start at once: ${code}`, async () => {
    const source = new FakeSource()
    source.failure = new AppManagerError(code, 'it is not as it must be')
    const { sync } = rig(source, { startTimeoutMs: Number.POSITIVE_INFINITY })
    const error: unknown = await sync.start().catch((reason: unknown) => reason)
    assert.equal([error === source.failure, source.asked], [true, 1])
  })
}

test('with on_unavailable start a source that is away is tried again until it answers', async () => {
  const source = new FakeSource([record('a')])
  source.isAway = true
  const { sync, apps } = rig(source, { appManager: { on_unavailable: 'start' } })
  await sync.start()
  const wasLoaded = sync.isLoaded
  source.isAway = false
  await until(() => sync.isLoaded)
  assert.equal([wasLoaded, [...apps.keys()]], [false, ['a']])
})

test('while the source is away everything stays in force, and it is said once', async () => {
  const source = new FakeSource(many(30))
  const { sync, apps, lines } = rig(source)
  await sync.start()
  source.isAway = true
  for (let turn = 0; turn < 3; turn++) await sync.refresh().catch(() => undefined)
  assert.equal([apps.size, lines.filter((line) => /cannot be read/.test(line)).length], [30, 1])
})

test('an unknown app is looked up once, and is then known', async () => {
  const source = new FakeSource()
  const { sync, apps } = rig(source)
  await sync.start()
  source.put(record('late'))
  const refusals = [sync.refusal('late'), sync.refusal('late')]
  await until(() => apps.has('late'))
  assert.equal([refusals, source.found], [['refused_app_loading', 'refused_app_loading'], [['late']]])
})

test('an app that was not found is not looked up again for a while', async () => {
  const source = new FakeSource()
  const { sync } = rig(source)
  await sync.start()
  sync.refusal('nobody')
  await until(() => sync.refusal('nobody') === 'refused_unknown_app')
  assert.is(source.found.length, 1)
})

test('an explicit look-up asks even for what was not found lately', async () => {
  const source = new FakeSource()
  const { sync } = rig(source)
  await sync.start()
  await sync.refreshOne('a')
  source.put(record('a'))
  assert.equal(await sync.refreshOne('a'), { set: 1, deleted: 0 })
})

test('many look-ups go with one question', async () => {
  const source = new FakeSource(many(50))
  const { sync } = rig(source, { inline: [] })
  const asked = many(50).map(({ id }) => sync.refreshOne(String(id)))
  await Promise.all(asked)
  assert.is(source.found.length, 1)
})

test('ids that no app can have are not looked up', async () => {
  const source = new FakeSource()
  const { sync } = rig(source)
  await sync.start()
  for (const id of ['', 'x'.repeat(201), 'a\0', '\ud800', undefined, {}]) {
    sync.refusal(id as string)
    await sync.refreshOne(id as string)
  }
  assert.equal(source.found, [])
})

test('look-ups wait no longer than the source: while it is away an event starts none', async () => {
  const source = new FakeSource()
  const { sync } = rig(source)
  await sync.start()
  source.isAway = true
  await sync.refreshOne('a').catch(() => undefined)
  const asked = source.found.length
  const refusal = sync.refusal('b')
  await Promise.resolve()
  assert.equal([source.found.length - asked, refusal], [0, 'refused_app_loading'])
})

test('an answer to a look-up ends the trouble that was logged', async () => {
  const source = new FakeSource()
  const { sync, lines } = rig(source)
  await sync.start()
  source.isAway = true
  await sync.refresh().catch(() => undefined)
  source.isAway = false
  await sync.refreshOne('a')
  assert.match(lines.at(-1) ?? '', /can be read again/)
})

test('reported changes are read, deletions too', async () => {
  const source = new FakeSource([record('a'), record('b')])
  const { sync, apps } = rig(source)
  await sync.start()
  source.records.delete('a')
  source.put(record('c'))
  source.notify(['a', 'c'])
  await until(() => apps.has('c') && !apps.has('a'))
  assert.is(source.completeReads, 1)
})

test('a gap in the reports makes it compare everything', async () => {
  const source = new FakeSource([record('a')])
  const { sync, apps } = rig(source)
  await sync.start()
  source.put(record('b'))
  source.notify(null)
  await until(() => apps.has('b'))
  assert.is(source.completeReads, 2)
})

test('an app that the host has set wins until the host deletes it', async () => {
  const source = new FakeSource([record('a')])
  const { sync, changes } = rig(source)
  await sync.start()
  sync.overlay('a')
  source.put(record('a', { webhooks: webhooks('https://example.com/') }))
  await sync.refresh()
  const whileOverlaid = changes.length
  sync.forget('a')
  await sync.refresh()
  assert.equal([whileOverlaid, changes.length], [1, 2])
})

test('closes its source, and reads nothing more', async () => {
  const source = new FakeSource([record('a')])
  const { sync } = rig(source)
  await sync.start()
  await sync.close()
  const error: unknown = await sync.refresh().catch((reason: unknown) => reason)
  assert.equal([(error as { code: string }).code, source.isClosed], ['CLOSED', true])
})

test.run()
