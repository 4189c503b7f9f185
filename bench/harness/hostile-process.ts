import { CountingProcess } from '../../scripts/counting-process.js'

/** Receivers of every hostile kind, in a process of their own. */
export class HostileProcess extends CountingProcess<readonly string[]> {
  static async start(): Promise<HostileProcess> {
    const { child, origin } = await CountingProcess.launch(new URL('./hostile.js', import.meta.url), '')
    return new HostileProcess(child, origin)
  }

  /** Where each of them takes webhooks. */
  urls(): Promise<readonly string[]> {
    return this.counts()
  }
}
