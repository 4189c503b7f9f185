import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../../scripts/temporary-folder.js'
import { Reloader } from '../../../src/cli/run/reloader.js'
import type { Logger, Reloaded } from '../../../src/index.js'
import { until } from '../../support/until.js'

const test = suite('a reload')

const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined }

test('follows one that runs, once for all that asked meanwhile', async () => {
  const folder = temporaryFolder()
  const waiting: ((reloaded: Reloaded) => void)[] = []
  let reloads = 0
  const dispatcher = {
    reload: () => {
      reloads += 1
      return new Promise<Reloaded>((resolve) => waiting.push(resolve))
    },
  }
  try {
    const reloader = new Reloader(folder.write('config.json', '{}'), dispatcher, null, SILENT)
    reloader.request()
    await until(() => waiting.length === 1)
    for (const _ of [1, 2, 3]) reloader.request()
    waiting[0]?.({ set: 0, deleted: 0 })
    await until(() => waiting.length === 2)
    waiting[1]?.({ set: 0, deleted: 0 })
    await reloader.idle()
    assert.is(reloads, 2)
  } finally {
    folder.remove()
  }
})

test.run()
