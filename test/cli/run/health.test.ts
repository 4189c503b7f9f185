import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type HealthState, liveness, readiness } from '../../../src/cli/run/health.js'
import { HealthWatch } from '../../../src/cli/run/health-watch.js'
import { answer } from '../../../src/cli/run/routes.js'
import { startDispatcher } from '../../../src/dispatcher/create-dispatcher.js'
import { told } from '../../support/told.js'

const test = suite('the health of the program')

const WELL: HealthState = { phase: 'running', areAppsRead: true, shardsDown: [], isQueueReachable: true }

const missingOf = (state: Partial<HealthState>) => readiness({ ...WELL, ...state }).missing.map(({ what }) => what)

test('is ready when nothing is missing', () => assert.equal(readiness(WELL), { ok: true, missing: [] }))

test('says everything that is missing', () => {
  assert.equal(
    [
      missingOf({ phase: 'starting', areAppsRead: false }),
      missingOf({ areAppsRead: false }),
      missingOf({ shardsDown: [0, 2] }),
      missingOf({ isQueueReachable: false }),
      missingOf({ phase: 'draining' }),
      missingOf({ areAppsRead: false, shardsDown: [1], isQueueReachable: false, phase: 'draining' }),
    ],
    [['start'], ['apps'], ['shard', 'shard'], ['queue'], ['draining'], ['draining', 'apps', 'shard', 'queue']],
  )
})

test('is alive unless a shard is down', () => {
  const states = [{ phase: 'starting' }, { phase: 'draining' }, { areAppsRead: false }, { shardsDown: [1] }] as const
  assert.equal(
    states.map((state) => liveness({ ...WELL, ...state }).ok),
    [true, true, true, false],
  )
})

test('follows the shards of the dispatcher', async () => {
  const dispatcher = await startDispatcher(
    { apps: [], dispatcher: { shards: 2 } },
    { intensity: { restarts: 0, withinMs: 60_000, downMs: 50 } },
  )
  try {
    const watch = new HealthWatch()
    watch.watch(dispatcher)
    watch.phase = 'running'
    const [down, restarted] = [told(dispatcher, 'shard-down'), told(dispatcher, 'shard-restart')]
    await dispatcher.threads[1]?.terminate()
    await down
    const whileDown = [watch.state.shardsDown, liveness(watch.state).ok]
    await restarted
    assert.equal([whileDown, readiness(watch.state)], [[[1], false], { ok: true, missing: [] }])
  } finally {
    await dispatcher.close({ timeout: 1000 })
  }
})

const routes = suite('what is served')

const served = { health: WELL, dispatcher: { metrics: async () => 'signpost_apps 1\n' } }

routes('answers what monitoring asks', async () => {
  const answers = await Promise.all(
    ['/livez', '/readyz?verbose', '/metrics'].map((path) => answer('GET', path, served)),
  )
  assert.equal(
    answers.map(({ status, headers, body }) => [status, headers['content-type'], body]),
    [
      [200, 'application/json', '{"status":"ok"}\n'],
      [200, 'application/json', '{"status":"ok"}\n'],
      [200, 'text/plain; version=0.0.4; charset=utf-8', 'signpost_apps 1\n'],
    ],
  )
})

routes('says with 503 what is missing', async () => {
  const { status, body } = await answer('GET', '/readyz', { ...served, health: { ...WELL, phase: 'draining' } })
  assert.equal(
    [status, JSON.parse(body)],
    [503, { status: 'failing', missing: [{ what: 'draining', message: 'the program is shutting down' }] }],
  )
})

routes('has no metrics before the dispatcher has started', async () => {
  const { status } = await answer('GET', '/metrics', { health: { ...WELL, phase: 'starting' }, dispatcher: null })
  assert.is(status, 503)
})

routes('knows no other path and no other method', async () => {
  const [unknown, wrong] = [await answer('GET', '/', served), await answer('POST', '/livez', served)]
  assert.equal([unknown.status, wrong.status, wrong.headers.allow], [404, 405, 'GET, HEAD'])
})

test.run()
routes.run()
