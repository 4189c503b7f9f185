import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FingerprintingSource } from './support/fake-source.js'
import { record } from './support/records.js'
import { closeRigs, records, syncRig } from './support/sync-rig.js'

const APPS = 25_000
/** A range has 10,000 apps. */
const RANGE = 10_000

const test = suite('comparing apps by the fingerprints of their ranges')
test.after.each(closeRigs)

async function started(source: FingerprintingSource, inline: readonly string[] = []) {
  const rig = syncRig(source, { inline })
  await rig.sync.start()
  rig.changes.length = 0
  return rig
}

test('reads no version when nothing has changed, from the first comparison on', async () => {
  const source = new FingerprintingSource(records(APPS))
  const { sync, changes } = await started(source)
  await sync.refresh()
  assert.equal([source.versionsRead, changes], [0, []])
})

test('reads the versions of the range alone in which an app has changed, is new or is gone', async () => {
  const source = new FingerprintingSource(records(APPS))
  const { sync, changes } = await started(source)
  source.put(record('app-1', { secret: 'another' }), record('app-10new'))
  source.records.delete('app-100')
  await sync.refresh()
  assert.equal(
    [changes, source.versionsRead <= RANGE + 1, source.found],
    [['put app-1', 'put app-10new', 'remove app-100'], true, [['app-1', 'app-10new']]],
  )
})

test('cuts a range that has grown, and joins those that have shrunk, without a change being missed', async () => {
  const source = new FingerprintingSource(records(100))
  const { sync, apps } = await started(source)
  source.put(...records(60_000))
  await sync.refresh()
  await sync.refresh()
  const readWhileQuiet = source.versionsRead
  await sync.refresh()
  assert.is(source.versionsRead, readWhileQuiet)
  for (const id of [...source.records.keys()].slice(50)) source.records.delete(id)
  await sync.refresh()
  await sync.refresh()
  source.put(record('zzz'))
  await sync.refresh()
  assert.equal([apps.size, apps.has('zzz')], [51, true])
})

test('a failure in the middle leaves nothing out of the next comparison', async () => {
  const source = new FingerprintingSource(records(APPS))
  const { sync, apps, changes } = await started(source)
  source.records.delete('app-0')
  source.put(record('app-9999', { secret: 'another' }))
  let pages = 0
  source.beforePage = () => {
    pages += 1
    source.isAway = pages === 7
  }
  const failed = await sync.refresh().then(
    () => false,
    () => true,
  )
  source.isAway = false
  await sync.refresh()
  assert.equal([failed, apps.has('app-0'), changes], [true, false, ['put app-9999', 'remove app-0']])
})

test('an app that a look-up has found is deleted when it is gone before the next comparison', async () => {
  const source = new FingerprintingSource(records(3))
  const { sync, changes } = await started(source)
  source.put(record('late'))
  await sync.refreshOne('late')
  source.records.delete('late')
  await sync.refresh()
  assert.equal([changes, source.versionsRead], [['put late', 'remove late'], 0])
})

test('an app that a look-up has met while its range was read without it is deleted all the same', async () => {
  const source = new FingerprintingSource(records(3))
  const { sync, apps, changes } = await started(source)
  source.put(record('app-0', { secret: 'another' }))
  const gone = source.records.get('app-1')
  source.records.delete('app-1')
  let lookedUp: Promise<unknown> = Promise.resolve()
  source.beforePage = () => {
    // The look-up is answered from before the deletion, the page is not.
    if (gone !== undefined) source.records.set('app-1', gone)
    lookedUp = sync.refreshOne('app-1')
    source.beforePage = () => undefined
  }
  await sync.refresh()
  await lookedUp
  const wasKept = apps.has('app-1')
  source.records.delete('app-1')
  await sync.refresh()
  assert.equal([wasKept, apps.has('app-1'), changes], [true, false, ['put app-0', 'remove app-1']])
})

test('an app that a look-up has not found comes back as it was', async () => {
  const source = new FingerprintingSource(records(3))
  const { sync, changes } = await started(source)
  const held = source.records.get('app-1')
  source.records.delete('app-1')
  await sync.refreshOne('app-1')
  if (held !== undefined) source.records.set('app-1', held)
  await sync.refresh()
  assert.equal(changes, ['remove app-1', 'put app-1'])
})

test('an app that the host has deleted counts again as the source has it', async () => {
  const source = new FingerprintingSource(records(3))
  const { sync, changes } = await started(source, ['app-1'])
  sync.forget('app-1')
  await sync.refresh()
  assert.equal(changes, ['put app-1'])
})

test('an app that the host deletes while a comparison runs counts again after the next', async () => {
  const source = new FingerprintingSource(records(APPS))
  const { sync, changes } = await started(source, ['app-1'])
  source.put(record('app-0', { secret: 'another' }), record('app-9999', { secret: 'another' }))
  let pages = 0
  source.beforePage = () => {
    pages += 1
    // The first range, which has it, has been read.
    if (pages === 7) sync.forget('app-1')
  }
  await sync.refresh()
  const before = [...changes]
  await sync.refresh()
  assert.equal([before, changes.at(-1)], [['put app-0', 'put app-9999'], 'put app-1'])
})

test('apps that vanish at once are held back, and confirmed although the fingerprints do not change any more', async () => {
  const source = new FingerprintingSource(records(APPS))
  const { sync, apps, lines } = await started(source)
  source.records.clear()
  await sync.refresh()
  const kept = apps.size
  await sync.refresh()
  assert.equal([kept, apps.size, lines.some((line) => /are gone at once/.test(line))], [APPS, 0, true])
})

test('apps that come back after they were held back stay', async () => {
  const source = new FingerprintingSource(records(APPS))
  const { sync, apps, changes } = await started(source)
  const held = [...source.records]
  source.records.clear()
  await sync.refresh()
  for (const [id, one] of held) source.records.set(id, one)
  await sync.refresh()
  await sync.refresh()
  assert.equal([apps.size, changes], [APPS, []])
})

test.run()
