import type { AppInput } from '../../src/index.js'
import { CountingProcess } from '../counting-process.js'
import type { ReceiverCounts } from './receiver.js'

/** The receiver, in a process of its own, as a customer's backend is. */
export class ReceiverProcess extends CountingProcess<ReceiverCounts> {
  static async start(apps: readonly AppInput[]): Promise<ReceiverProcess> {
    const credentials = apps.map(({ id, key, secret }) => ({ id, key, secret }))
    const program = new URL('./receiver.js', import.meta.url)
    const { child, origin } = await CountingProcess.launch(program, JSON.stringify(credentials))
    return new ReceiverProcess(child, origin)
  }
}
