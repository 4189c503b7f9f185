import { type MessagePort, workerData } from 'node:worker_threads'
import { expose } from 'comlink'
import { callChannel } from '../../src/shard/protocol.js'
import type { ContenderOptions } from '../contender.js'
import { Batcher } from './batcher.js'

export type RemoteBatcher = Pick<Batcher, 'add' | 'settle' | 'close'>

const { options, port } = workerData as { readonly options: ContenderOptions; readonly port: MessagePort }
const calls = callChannel((message, transfer) => port.postMessage(message, transfer as never))
port.on('message', calls.receive)
expose(new Batcher(options), calls.endpoint)
