import { openHandedOver } from '../../../src/queue/handed-over/handed-over-store.js'
import { testHandedOver } from '../handed-over-contract.js'
import { FakeQueue } from '../support/fake-queue.js'

testHandedOver('the fake', async () => {
  const queue = new FakeQueue()
  return {
    open: async (isConsumer) => openHandedOver(queue.connect(), queue.letterStore, isConsumer),
    remove: async () => undefined,
  }
})
