import { CountingProcess } from '../../scripts/counting-process.js'
import type { ReceiverCounts, ReceiverSettings } from './receiver.js'

/** The receiver, in a process of its own. */
export class ReceiverProcess extends CountingProcess<ReceiverCounts> {
  static async start(settings: ReceiverSettings): Promise<ReceiverProcess> {
    const { child, origin } = await CountingProcess.launch(
      new URL('./receiver.js', import.meta.url),
      JSON.stringify(settings),
    )
    return new ReceiverProcess(child, `${origin}/`)
  }
}
