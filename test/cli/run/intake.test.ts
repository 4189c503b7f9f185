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

/** A dispatcher whose one app is in a database, as far as an intake sees it. @param load a look-up, by its number */
function loadingDispatcher(load: (lookUp: number) => 'found' | 'missing' | 'loading' | 'down') {
  const refused = { refused_app_loading: 0, refused_unknown_app: 0 }
  let lookUps = 0
  let answer: ReturnType<typeof load> = 'loading'
  const emitted: unknown[] = []
  const dispatcher = {
    on: () => undefined,
    stats: () => ({ ...refused }),
    emit(app: string, event: object) {
      if (answer === 'found') emitted.push({ app, ...event })
      else if (answer === 'missing') refused.refused_unknown_app += 1
      else refused.refused_app_loading += 1
      return answer === 'found'
    },
    apps: {
      async load() {
        lookUps += 1
        answer = load(lookUps)
        if (answer === 'down') throw new Error('ECONNREFUSED')
        return answer === 'found'
      },
    },
  }
  const pauses: number[] = []
  const sleep = async (ms: number) => void pauses.push(ms)
  const intake = new Intake(dispatcher as unknown as EventTaker, { maxLineBytes: 1000, logger: SILENT, sleep })
  return { intake, emitted, pauses }
}

const TWO_EVENTS = '{"app":"a","name":"x"}\n{"app":"a","name":"y"}\n'

test('looks an app up that is not read yet, and then takes its events', async () => {
  const answers = ['down', 'loading', 'found'] as const
  const { intake, emitted, pauses } = loadingDispatcher((lookUp) => answers[lookUp - 1] ?? 'found')
  await intake.consume(chunksOf(TWO_EVENTS), never, never)
  assert.equal(
    [emitted, pauses],
    [
      [
        { app: 'a', name: 'x' },
        { app: 'a', name: 'y' },
      ],
      [1000, 1000],
    ],
  )
})

test('does not wait for an app that the database does not have', async () => {
  const { intake, pauses } = loadingDispatcher(() => 'missing')
  await intake.consume(chunksOf(TWO_EVENTS), never, never)
  assert.equal([intake.totals.refused.unknown_app, pauses], [{ count: 2, numbers: [1, 2] }, []])
})

test('counts what it could not wait for', async () => {
  const { intake } = loadingDispatcher(() => 'loading')
  await intake.consume(chunksOf(TWO_EVENTS), never, AbortSignal.abort())
  assert.equal([intake.totals.accepted, intake.totals.notTaken], [0, 2])
})

test.run()
