import { exampleApps } from './apps.js'
import { useAsLambda } from './aws.js'
import { firstAct } from './first-act.js'
import { type Options, readOptions } from './options.js'
import { ReceiverProcess, type ReceiverSettings } from './receiver-process.js'
import { secondAct } from './second-act.js'
import { type ActResult, isWhole, lastLine, lastLineJson } from './summary.js'

/** As slow as this, in ms, the second act's receiver answers: so there is always something on its way when its sender is killed. */
const ANSWER_AFTER_MS = 200
const LONGEST_HALF_MS = 3000

const options = readOptions(process.argv.slice(2))
if (typeof options === 'string') fail(options)

try {
  const acts = await bothActs(options)
  console.log((options.json ? lastLineJson : lastLine)(acts))
  process.exitCode = isWhole(acts) ? 0 : 1
} catch (error) {
  fail(error instanceof Error ? error.message : String(error))
}

async function bothActs({ durationMs }: Options): Promise<readonly ActResult[]> {
  const first = await withReceiver({}, (receiver) => {
    console.log('\nAct 1: a Pusher server in miniature and its pusher-js clients; the queue is in memory\n')
    return firstAct(durationMs, receiver)
  })
  const startedMs = performance.now()
  const tell = (line: string): void => {
    console.log(`${((performance.now() - startedMs) / 1000).toFixed(1).padStart(5)} s  ${line}`)
  }
  const halfMs = Math.min(durationMs / 3, LONGEST_HALF_MS)
  const second = await withReceiver({ answerAfterMs: ANSWER_AFTER_MS }, (receiver) => {
    console.log('\nAct 2: the queue is on disk, and the process that sends is killed in the middle of its load\n')
    return secondAct(halfMs, receiver, tell)
  })
  console.log('')
  return [first, second]
}

async function withReceiver<T>(settings: ReceiverSettings, act: (receiver: ReceiverProcess) => Promise<T>): Promise<T> {
  const receiver = await ReceiverProcess.start(exampleApps(''), settings)
  useAsLambda(receiver.url)
  const result = await Promise.race([act(receiver), receiver.failure])
  await receiver.stop()
  return result
}

/** Ends at once: when the receiver is gone there are deliveries that would be tried again for minutes. */
function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
