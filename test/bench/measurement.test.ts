import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Contender, Start } from '../../bench/contender.js'
import { against } from '../../bench/harness/against.js'
import { flood, inARow, inTurn } from '../../bench/harness/emission.js'
import { MeasurementError, measureInProcess } from '../../bench/measurement-process.js'
import { mainThread } from '../../bench/peers/main-thread.js'
import { signpost } from '../../bench/signpost.js'

const test = suite('a measurement')

const APPS = 3
const EVENTS = 500

/** Emits so many events and claims so many. */
function emitted(start: Start, claimed: number): Promise<string> {
  return against(start, APPS, async (contender: Contender) => {
    await flood(contender, inTurn(APPS), EVENTS)
    return { events: claimed, result: 'done' }
  })
}

async function failure(run: () => Promise<unknown>): Promise<string> {
  try {
    await run()
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

test('counts what Signpost delivers', async () => {
  assert.is(await emitted(signpost({}), EVENTS), 'done')
})

test('counts what a peer delivers', async () => {
  assert.is(await emitted(mainThread, EVENTS), 'done')
})

test('fails when an event is missing', async () => {
  assert.match(await failure(() => emitted(mainThread, EVENTS + 1)), '500 events came of 501')
})

test('fails when a signature is wrong', async () => {
  const forging: Start = (options) => mainThread({ ...options, secret: 'another one' })
  assert.match(await failure(() => emitted(forging, EVENTS)), 'signatures were wrong')
})

test('of a function runs in a process of its own', async () => {
  const { figures } = await measureInProcess({
    build: join(import.meta.dirname, '..', '..'),
    scenario: 'functions',
    title: 'filter: prefix',
    entrant: 'Signpost',
    isQuick: true,
    nodeOptions: ['--expose-gc'],
    timeoutMs: 60_000,
  })
  assert.ok(Number(figures['ns an operation']) > 0)
})

test('that does not exist fails with what is missing', async () => {
  const request = { build: join(import.meta.dirname, '..', '..'), scenario: 'functions', entrant: 'Signpost' }
  const run = () =>
    measureInProcess({ ...request, title: 'no such function', isQuick: true, nodeOptions: [], timeoutMs: 60_000 })
  const error = await run().catch((reason: unknown) => reason)
  assert.ok(error instanceof MeasurementError && error.message.includes('no such function'))
})

test('gives each app its events in turn, or in a row', () => {
  assert.equal(
    [inTurn(2), inARow(2, 3)].map((appOf) => [0, 1, 2, 3, 4, 5, 6].map(appOf)),
    [
      [0, 1, 0, 1, 0, 1, 0],
      [0, 0, 0, 1, 1, 1, 0],
    ],
  )
})

test.run()
