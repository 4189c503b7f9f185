export type { Fault } from './faults.js'
export type { RecordedRequest } from './recorded-request.js'
export { type StartReceiverOptions, startReceiver } from './start-receiver.js'
export { ReceiverWaitError, TestReceiver, type WaitOptions } from './test-receiver.js'
