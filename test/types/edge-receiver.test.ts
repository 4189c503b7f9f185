import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import { runDevelopmentTool } from '../support/installed-package.js'
import { projectRoot } from '../support/project-root.js'

const test = suite('the types of signpost/receiver')

const receiver = join(projectRoot, 'dist/src/receiver/index.js')

const consumer = `
import { createReceiver, expressHandler, fastifyWebhooks, fetchHandler, honoHandler, nodeHandler } from ${JSON.stringify(receiver)}

const receiver = createReceiver({ pusher: [{ key: 'key', secret: 'secret' }] })
export const respond: (request: Request) => Promise<Response> = fetchHandler(receiver, ({ events }) => {
  for (const event of events) event.name.toUpperCase()
})
export const handlers = [expressHandler, fastifyWebhooks, honoHandler, nodeHandler]
`

for (const platform of ['dom', 'webworker']) {
  test(`need no types of Node beside "${platform}"`, async () => {
    const folder = temporaryFolder()
    try {
      const compilerOptions = {
        ...{ target: 'es2022', module: 'nodenext', lib: ['es2022', platform], types: [] },
        ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
      }
      folder.write('package.json', JSON.stringify({ type: 'module' }))
      folder.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['consumer.ts'] }))
      folder.write('consumer.ts', consumer)
      const { output } = await runDevelopmentTool('tsc', ['--project', folder.path], folder.path)
      assert.is(output, '')
    } finally {
      folder.remove()
    }
  })
}

test.run()
