import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type TemporaryFolder, temporaryFolder } from '../../scripts/temporary-folder.js'
import { type ConfigInput, createDispatcher } from '../../src/index.js'
import { appWith, withDispatcher, withReceiver } from '../support/dispatcher.js'

const test = suite<{ folder: TemporaryFolder }>('a start on the folder of a former process')

test.before.each((context) => {
  context.folder = temporaryFolder()
})
test.after.each(({ folder }) => folder.remove())

test('delivers what is stored though no event of its apps comes', ({ folder }) =>
  withReceiver(async (receiver) => {
    const config: ConfigInput = {
      apps: ['one', 'two'].map((id) => appWith([{ url: receiver.url }], { id })),
      dispatcher: { shards: 1 },
      queue: { driver: 'disk', disk: { path: folder.path } },
    }
    receiver.fail({ hang: true })
    const former = await createDispatcher(config)
    for (let count = 0; count < 250; count++) former.app(count % 2 === 0 ? 'one' : 'two').channelOccupied(`${count}`)
    await former.persisted()
    await former.close({ timeout: 1 })
    receiver.heal()
    await withDispatcher(config, async (dispatcher) => {
      await dispatcher.flush()
      assert.equal([dispatcher.recovery.events, receiver.received.length], [250, 250])
    })
  }))

test.run()
