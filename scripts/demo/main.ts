import { exampleApps } from './apps.js'
import { useAsLambda } from './aws.js'
import { readOptions } from './options.js'
import { ReceiverProcess } from './receiver-process.js'
import { show } from './show.js'

const options = readOptions(process.argv.slice(2))
if (typeof options === 'string') fail(options)

try {
  const receiver = await ReceiverProcess.start(exampleApps(''))
  useAsLambda(receiver.url)
  const isWhole = await Promise.race([show(options, receiver), receiver.failure])
  process.exitCode = isWhole ? 0 : 1
} catch (error) {
  fail(error instanceof Error ? error.message : String(error))
}

/** Ends at once: when the receiver is gone there are deliveries that would be tried again for minutes. */
function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
