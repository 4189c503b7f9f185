import { CountingProcess } from '../../scripts/counting-process.js'
import type { CheapReceiverState } from './cheap-receiver.js'

/** The cheap receiver, in a process of its own. */
export class CheapReceiverProcess extends CountingProcess<CheapReceiverState> {
  static async start(): Promise<CheapReceiverProcess> {
    const { child, origin } = await CountingProcess.launch(new URL('./cheap-receiver.js', import.meta.url), '')
    return new CheapReceiverProcess(child, `${origin}/hook`)
  }
}
