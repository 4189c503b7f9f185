import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ReportingProcess } from '../../scripts/reporting-process.js'

/** Another process beside the host, which has nothing to do with the load but shares the machine. */
export class BystanderProcess extends ReportingProcess<number> {
  static async start(): Promise<BystanderProcess> {
    const bystander = new BystanderProcess(fork(fileURLToPath(new URL('./bystander.js', import.meta.url))), 'bystander')
    await bystander.takeP99Ms()
    return bystander
  }

  /** The 99th percentile of its event loop's delay since the last call, in ms. */
  takeP99Ms(): Promise<number> {
    return this.report()
  }
}
