import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type EventTaker, Intake } from '../../../src/cli/run/intake.js'
import { type ConfigInput, createDispatcher, type Dispatcher } from '../../../src/index.js'
import { appWith, withReceiver } from '../../support/dispatcher.js'
import { memberLine } from './support.js'

const test = suite('the intake of events')

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }
const never = new AbortController().signal

async function* chunksOf(...texts: readonly string[]): AsyncGenerator<Buffer, void, void> {
  for (const text of texts) yield Buffer.from(text)
}

function intakeFor(dispatcher: EventTaker): Intake {
  return new Intake(dispatcher, { maxLineBytes: 1000, logger: SILENT })
}

async function withDispatcher(config: ConfigInput, run: (dispatcher: Dispatcher) => Promise<void>): Promise<void> {
  const dispatcher = await createDispatcher({ dispatcher: { shards: 1 }, ...config })
  try {
    await run(dispatcher)
  } finally {
    await dispatcher.close({ timeout: 0 })
  }
}

test('counts each refusal by its cause, with the line', () =>
  withReceiver((receiver) =>
    withDispatcher(
      { apps: [appWith([{ url: receiver.url }]), appWith([], { id: 'off', enabled: false })] },
      async (dispatcher) => {
        const intake = intakeFor(dispatcher)
        const lines = [memberLine(1), memberLine(1, 'nobody'), memberLine(1, 'off'), '{"app":"app"}\n', 'x\n']
        await intake.consume(chunksOf(...lines, memberLine(2, 'nobody')), never, never)
        const one = (line: number) => ({ count: 1, numbers: [line] })
        assert.equal(intake.totals, {
          accepted: 1,
          invalid: one(5),
          refused: { unknown_app: { count: 2, numbers: [2, 6] }, disabled: one(3), invalid: one(4) },
          notTaken: 0,
        })
      },
    ),
  ))

test('takes a last line without an end, but not when it was cut off', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
      const [whole, cut] = [intakeFor(dispatcher), intakeFor(dispatcher)]
      const half = memberLine(1).trim()
      await whole.consume(chunksOf(half), never, never)
      await cut.consume(chunksOf(half), AbortSignal.abort(), never)
      assert.equal(
        [whole.totals.accepted, whole.totals.notTaken, cut.totals.accepted, cut.totals.notTaken],
        [1, 0, 0, 1],
      )
    }),
  ))

/** An app manager that reads its apps after some look-ups. */
function loadingDispatcher(lookUpsNeeded: number) {
  const refused = { refused_app_loading: 0 }
  let lookUps = 0
  const emitted: unknown[] = []
  const dispatcher = {
    on: () => undefined,
    stats: () => ({ ...refused }),
    emit(app: string, event: object) {
      if (lookUps >= lookUpsNeeded) {
        emitted.push({ app, ...event })
        return true
      }
      refused.refused_app_loading += 1
      return false
    },
    apps: {
      async load() {
        lookUps += 1
        return lookUps >= lookUpsNeeded
      },
    },
  }
  return { taker: dispatcher as unknown as EventTaker, emitted }
}

test('looks an app up that is not read yet, and then takes its event', async () => {
  const { taker, emitted } = loadingDispatcher(2)
  const intake = intakeFor(taker)
  await intake.consume(chunksOf('{"app":"a","name":"x"}\n{"app":"a","name":"y"}\n'), never, never)
  assert.equal(
    [intake.totals.accepted, emitted],
    [
      2,
      [
        { app: 'a', name: 'x' },
        { app: 'a', name: 'y' },
      ],
    ],
  )
})

test('counts what it could not wait for', async () => {
  const { taker } = loadingDispatcher(Number.POSITIVE_INFINITY)
  const intake = intakeFor(taker)
  await intake.consume(chunksOf('{"app":"a","name":"x"}\n{"app":"a","name":"y"}\n'), never, AbortSignal.abort())
  assert.equal([intake.totals.accepted, intake.totals.notTaken], [0, 2])
})

test.run()
