// time limit: 300 s

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { LoadReport } from '../../src/cli/load/report.js'
import { type InstalledPackage, installPackage, runDevelopmentTool } from '../support/installed-package.js'
import { projectRoot } from '../support/project-root.js'
import { runProgram } from '../support/run-program.js'

const packaging = suite('the installed package')

let installing: Promise<InstalledPackage> | undefined

/** Installed once; in a test rather than a hook, so that its failure is shown. */
function installed(): Promise<InstalledPackage> {
  installing ??= installPackage()
  return installing
}

packaging.after(async () => {
  const settled = await installing?.catch(() => undefined)
  settled?.folder.remove()
})

async function runModule(name: string, text: string) {
  const { folder } = await installed()
  return runProgram(process.execPath, [folder.write(name, text)], { cwd: folder.path })
}

const exported: Readonly<Record<string, string>> = {
  signpost: 'createDispatcher',
  'signpost/receiver': 'createReceiver',
  'signpost/testing': 'createTestDispatcher',
}

for (const [subpath, name] of Object.entries(exported)) {
  packaging(`${subpath} can be imported`, async () => {
    const { output } = await runModule('import.js', `import { ${name} } from '${subpath}'; console.log(typeof ${name})`)
    assert.is(output, 'function\n')
  })
}

for (const [subpath, name] of Object.entries(exported)) {
  // Node 20.19, 22.12 and later can.
  if (!('require_module' in process.features)) break
  packaging(`${subpath} can be required by CommonJS`, async () => {
    const { output } = await runModule('require.cjs', `console.log(typeof require('${subpath}').${name})`)
    assert.is(output, 'function\n')
  })
}

packaging('holds bundles, types, pages and examples, and neither sources nor tests', async () => {
  const { files } = await installed()
  assert.equal(
    files.filter(
      (path) =>
        !/^(?:dist\/[a-zA-Z\d-]+\.js$|dist\/THIRD-PARTY-NOTICES\.txt$|dist\/types\/.*\.d\.ts$|docs\/.*\.(?:md|svg)$|examples\/|config\.schema\.json$|package\.json$|[A-Z]+(?:\.md)?$)/.test(
          path,
        ),
    ),
    [],
  )
})

packaging('holds the types that its entries name, and no others', async () => {
  const { files } = await installed()
  const folders = new Set(files.flatMap((path) => /^dist\/types\/(\w+)\//.exec(path)?.[1] ?? []))
  for (const internal of ['cli', 'courier', 'deliver', 'gather', 'transport'])
    assert.not(folders.has(internal), internal)
  for (const named of ['config', 'dispatcher', 'receiver', 'testing']) assert.ok(folders.has(named), named)
})

packaging('takes at most 16 packages, itself included', async () => {
  const { folder } = await installed()
  const lock = JSON.parse(readFileSync(join(folder.path, 'node_modules', '.package-lock.json'), 'utf8'))
  const names = Object.keys(lock.packages)
  assert.ok(names.length > 0 && names.length <= 16, names.join('\n'))
})

packaging('delivers an event by the worker that lies inside it', async () => {
  const { status, output } = await runModule('deliver.js', delivery)
  assert.is(output, 'delivered member_added with a good signature\n', `status ${status}`)
})

packaging('loads itself from the command line and loses nothing', async () => {
  const { folder } = await installed()
  const args = ['load', '--json', '--events', '200', '--rate', '1000', '--apps', '2']
  const { status, output } = await runProgram(join(folder.path, 'node_modules', '.bin', 'signpost'), args, {
    cwd: folder.path,
  })
  const { ok, events } = JSON.parse(output) as LoadReport
  assert.equal([status, ok, events.emitted, events.received, events.lost], [0, true, 200, 200, 0], output)
})

packaging("reads the configurations of Sockudo's users as they are written down", async () => {
  const cases = join(projectRoot, 'test/config/cases')
  const { status, output } = await runModule('cases.js', casesOf(cases))
  assert.is(output, '', `status ${status}`)
})

packaging('checks the configuration that Sockudo ships and has nothing to say', async () => {
  const { folder } = await installed()
  const args = ['check', join(projectRoot, 'test/config/cases/load-fails/sockudo-5-config.toml'), '--strict']
  const { status, output } = await runProgram(join(folder.path, 'node_modules', '.bin', 'signpost'), args)
  assert.match(output, /: valid, apps: 1, webhooks: 0, queue: memory/, `status ${status}`)
})

packaging('type-checks in a strict ESM project', async () => {
  const { folder } = await installed()
  folder.write('tsconfig.json', JSON.stringify(consumerOptions))
  folder.write('consumer.ts', consumer)
  const { output } = await runDevelopmentTool('tsc', ['--project', folder.path], folder.path)
  assert.is(output, '')
})

packaging('satisfies publint', async () => {
  const { tarball, folder } = await installed()
  const { status, output } = await runDevelopmentTool('publint', ['run', tarball, '--strict'], folder.path)
  assert.is(status, 0, output)
})

packaging('satisfies arethetypeswrong', async () => {
  const { tarball, folder } = await installed()
  const args = [tarball, '--profile', 'esm-only', '--exclude-entrypoints', './config.schema.json', '--no-emoji']
  const { status, output } = await runDevelopmentTool('attw', args, folder.path)
  assert.is(status, 0, output)
})

const delivery = `
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createDispatcher } from 'signpost'

const secret = 'app-secret'
const server = createServer(async (request, response) => {
  const chunks = await request.toArray()
  const body = Buffer.concat(chunks)
  const good = createHmac('sha256', secret).update(body).digest('hex') === request.headers['x-pusher-signature']
  response.end()
  console.log('delivered', JSON.parse(body).events[0].name, 'with a', good ? 'good' : 'bad', 'signature')
}).listen(0, '127.0.0.1')
await once(server, 'listening')

const webhook = { url: \`http://127.0.0.1:\${server.address().port}/\`, event_types: ['member_added'] }
const app = { id: 'app', key: 'app-key', secret, enabled: true, webhooks: [webhook] }
const dispatcher = await createDispatcher({
  app_manager: { driver: 'memory', array: { apps: [app] } },
  dispatcher: { shards: 1 },
})
dispatcher.app('app').memberAdded('presence-room', 'user')
await dispatcher.close({ timeout: 10_000 })
server.close()
server.closeAllConnections()
`

/** Prints what loads though it is to be refused, and the other way about. */
function casesOf(folder: string): string {
  return `
    import { readFileSync } from 'node:fs'
    import { loadConfig } from 'signpost'

    const folder = ${JSON.stringify(folder)}
    const expected = JSON.parse(readFileSync(folder + '/expectations.json', 'utf8'))
    for (const [file, { problems }] of Object.entries(expected)) {
      if (!file.startsWith('load')) continue
      const loads = await loadConfig(folder + '/' + file, { environment: { APP_SECRET: 's' } }).then(() => true, () => false)
      if (loads !== (problems === undefined)) console.log(file, loads ? 'loads' : 'is refused')
    }
  `
}

const consumerOptions = {
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    types: ['node'],
    typeRoots: [join(projectRoot, 'node_modules', '@types')],
  },
  files: ['consumer.ts'],
}

const consumer = `
import { type AppHandle, type ConfigInput, createDispatcher, Dispatcher, type EventName, loadConfig } from 'signpost'
import { createReceiver, WebhookError } from 'signpost/receiver'
import { createTestDispatcher, type RecordedEvent, startReceiver } from 'signpost/testing'

const dispatcher = await createDispatcher(await loadConfig('config.json'))
const accepted: boolean = dispatcher.app('my-app').memberAdded('presence-chat', 'u1')
dispatcher.on('dead-letter', () => undefined)
const error = new Error()
export const code: string = error instanceof WebhookError ? error.code : String(accepted)
await dispatcher.close({ timeout: 1000 })

// What is computed may be undefined.
const types: readonly EventName[] = ['member_added', 'order.paid']
const url = process.env.WEBHOOK_URL
const config: ConfigInput = {
  apps: [{ id: 'chat', key: 'key', secret: 'secret', webhooks: [{ url, event_types: types, rate_limit: undefined }] }],
  webhooks: undefined,
}
createReceiver({ pusher: [{ key: 'key', secret: 'secret' }], standardWebhooks: undefined, maxBytes: undefined })
await startReceiver({ verify: false, port: undefined })

// Whatever stands for a dispatcher in tests.
export const recorded: readonly RecordedEvent[] = createTestDispatcher(config).recorded
export const replacement: Dispatcher = createTestDispatcher(config)
export const token: abstract new () => Dispatcher = Dispatcher
export const handle: AppHandle = {
  id: 'chat',
  channelOccupied: () => true,
  channelVacated: () => true,
  memberAdded: () => true,
  memberRemoved: () => true,
  clientEvent: () => true,
  cacheMiss: () => true,
  subscriptionCount: () => true,
  emit: () => true,
  toJSON: () => ({ app: 'chat' }),
}
`

packaging.run()
