import { SQS_ENVIRONMENT, startSqs } from '../../../scripts/servers/sqs.js'
import { machineClock } from '../../../src/queue/sqs/consumption.js'
import { openOn, openSqsStore } from '../../../src/queue/sqs/index.js'
import { monotonicNow } from '../../../src/time/clocks.js'
import { testHandedOver } from '../handed-over-contract.js'
import { StrictSqs } from './support/strict-sqs.js'
import { OPTIONS } from './support/world.js'

Object.assign(process.env, SQS_ENVIRONMENT)

/** A message never changes, nobody says anything to all, and messages are deleted by receipt alone. */
const CANNOT = [
  'gives what a process gives back to the next one, in its order and as it was tried',
  'tells the next process for how long an endpoint is to be left alone',
  'makes a dead letter of what was given up, and gives it again when it is replayed',
  'purges a dead letter that is done, because its events were sent one by one',
]

/** A FIFO queue gives no more of a group while any of it is in hand. */
const CANNOT_IN_PARTS = [
  'gives what one process stores to the one that consumes, in order',
  'does not give again what is done',
  'has what was done while it was given back done',
  'puts what was taken and not delivered back in its place',
]

testHandedOver(
  'SQS, standard',
  async () => {
    const server = await startSqs()
    const changes = { endpointUrl: server.url, region: 'us-east-1', waitTimeSeconds: 1 }
    return {
      open: async (isConsumer) => (await openSqsStore({ ...OPTIONS, ...changes, isConsumer })).store,
      remove: () => server.stop(),
    }
  },
  CANNOT,
)

// The server for tests gives one message of a group at a time.
testHandedOver('SQS, FIFO', async () => {
  const clock = machineClock(monotonicNow)
  const sqs = new StrictSqs(clock)
  const fifo = { isFifo: true, waitTimeSeconds: 1 }
  return {
    open: async (isConsumer) => (await openOn(sqs, { ...OPTIONS, ...fifo, isConsumer }, clock)).store,
    remove: async () => undefined,
  }
}, [...CANNOT, ...CANNOT_IN_PARTS])
