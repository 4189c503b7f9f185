// long
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { exampleApps } from '../../scripts/demo/apps.js'
import { useAsLambda } from '../../scripts/demo/aws.js'
import { ReceiverProcess } from '../../scripts/demo/receiver-process.js'
import { startServer } from '../../scripts/demo/second-act.js'
import { type TemporaryFolder, temporaryFolder } from '../../scripts/temporary-folder.js'

const test = suite<{ folder: TemporaryFolder; receiver: ReceiverProcess }>("the demonstration's server that is killed")

test.before.each(async (context) => {
  context.folder = temporaryFolder()
  context.receiver = await ReceiverProcess.start(exampleApps(''), { answerAfterMs: 100 })
  useAsLambda(context.receiver.url)
})
test.after.each(async ({ folder, receiver }) => {
  await receiver.stop()
  folder.remove()
})

test('leaves every event that it had confirmed to the next process on its folder', async ({ folder, receiver }) => {
  const place = { receiverUrl: receiver.url, path: folder.path }
  const first = startServer({ ...place, from: 0 })
  await first.said('progress')
  await first.kill()
  const { confirmed } = first.progress
  const second = startServer({ ...place, from: 1_000_000 })
  await second.finish()
  const { received } = await receiver.received([[0, confirmed]])
  assert.is(received, confirmed)
})

test('says so when it ends by itself', async ({ folder, receiver }) => {
  const path = folder.write('not-a-folder', '')
  const server = startServer({ receiverUrl: receiver.url, path, from: 0 })
  const error = await server.said('started').catch((reason: Error) => reason)
  assert.match((error as Error).message, 'the process that may be killed ended early, by status 1')
})

test.run()
