import type { AppInput } from '../../src/index.js'
import { CountingProcess } from '../counting-process.js'
import type { NumberRange, ReceivedNumbers, ReceiverCounts, ReceiverSettings as Settings } from './receiver.js'

export type ReceiverSettings = Partial<Pick<Settings, 'answerAfterMs'>>

/** The receiver, in a process of its own, as a customer's backend is. */
export class ReceiverProcess extends CountingProcess<ReceiverCounts> {
  static async start(
    apps: readonly AppInput[],
    { answerAfterMs = 0 }: ReceiverSettings = {},
  ): Promise<ReceiverProcess> {
    const settings: Settings = { apps: apps.map(({ id, key, secret }) => ({ id, key, secret })), answerAfterMs }
    const program = new URL('./receiver.js', import.meta.url)
    const { child, origin } = await CountingProcess.launch(program, JSON.stringify(settings))
    return new ReceiverProcess(child, origin)
  }

  /** What has come of events that carry a number within these. */
  received(within: readonly NumberRange[]): Promise<ReceivedNumbers> {
    return this.ask({ within })
  }
}
