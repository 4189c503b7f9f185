/** A server that speaks SQS, in a process of its own, so that its CPU time is not the sender's. */
import { once } from 'node:events'
import { startSqs } from '../../scripts/servers/sqs.js'

const server = await startSqs()
process.send?.({ port: Number(new URL(server.url).port) })
process.on('message', () => process.send?.({}))
await once(process, 'disconnect')
process.exit()
