import { CountingProcess } from '../scripts/counting-process.js'
import type { ReceiverCounts } from './receiver.js'

/** The receiver, in a process of its own. */
export class ReceiverProcess extends CountingProcess<ReceiverCounts> {
  static async start(secret: string): Promise<ReceiverProcess> {
    const { child, origin } = await CountingProcess.launch(new URL('./receiver.js', import.meta.url), secret)
    return new ReceiverProcess(child, `${origin}/`)
  }
}
