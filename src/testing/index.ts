/**
 * For tests: a server that receives webhooks, and a dispatcher that records events.
 *
 * @module signpost/testing
 */

export type { RecordedEvent } from './dispatcher/recording-emitter.js'
export { createTestDispatcher, TestDispatcher } from './dispatcher/test-dispatcher.js'
export type { Fault, FaultDetails, FaultScope, FaultSettings, NoFault, OneFault } from './faults.js'
export type { RecordedRequest } from './recorded-request.js'
export { type StartReceiverOptions, startReceiver } from './start-receiver.js'
export { ReceiverWaitError, TestReceiver, type WaitOptions } from './test-receiver.js'
