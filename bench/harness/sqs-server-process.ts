import { CountingProcess } from '../../scripts/counting-process.js'

/** A server that speaks SQS, in a process of its own. */
export class SqsServerProcess extends CountingProcess<object> {
  static async start(): Promise<SqsServerProcess> {
    const { child, origin } = await CountingProcess.launch(new URL('./sqs-server.js', import.meta.url), '')
    return new SqsServerProcess(child, origin)
  }
}
