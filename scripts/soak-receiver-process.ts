import { CountingProcess } from './counting-process.js'
import type { SoakCounts } from './soak-receiver.js'

/** The soak's receiver, in a process of its own so that its memory is not taken for the sender's. */
export class SoakReceiverProcess extends CountingProcess<SoakCounts> {
  /** @param capacity one more than the highest number that may come */
  static async start(capacity: number): Promise<SoakReceiverProcess> {
    const { child, origin } = await CountingProcess.launch(
      new URL('./soak-receiver.js', import.meta.url),
      String(capacity),
    )
    return new SoakReceiverProcess(child, origin)
  }
}
