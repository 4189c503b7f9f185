import { CountingProcess } from './counting-process.js'
import type { MissingQuestion, SoakCounts, SoakReceiverSettings } from './soak-receiver.js'

/** The soak's receiver, in a process of its own so that its memory is not taken for the sender's. */
export class SoakReceiverProcess extends CountingProcess<SoakCounts> {
  /** @param capacity one more than the highest number that may come */
  static async start(
    capacity: number,
    { answerAfterMs = 0, deadForMs = 0 }: Partial<Omit<SoakReceiverSettings, 'capacity'>> = {},
  ): Promise<SoakReceiverProcess> {
    const settings: SoakReceiverSettings = { capacity, answerAfterMs, deadForMs }
    const { child, origin } = await CountingProcess.launch(
      new URL('./soak-receiver.js', import.meta.url),
      JSON.stringify(settings),
    )
    return new SoakReceiverProcess(child, origin)
  }

  /** How many of the numbers have not come. */
  missing(from: number, to: number): Promise<number> {
    return this.ask<number>({ from, to } satisfies MissingQuestion)
  }
}
