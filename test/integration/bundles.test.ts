// time limit: 300 s

import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Format } from 'esbuild'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type TemporaryFolder, temporaryFolder } from '../../scripts/temporary-folder.js'
import { type InstalledPackage, installPackage } from '../support/installed-package.js'
import { runProgram } from '../support/run-program.js'

const bundles = suite("a user's bundle")

let installing: Promise<InstalledPackage> | undefined

/** Installed once; in a test rather than a hook, so that its failure is shown. */
function installed(): Promise<InstalledPackage> {
  installing ??= installPackage()
  return installing
}

bundles.after(async () => {
  const settled = await installing?.catch(() => undefined)
  settled?.folder.remove()
})

interface Bundle {
  readonly format: Format
  /** What the folder of the bundle is for. */
  readonly type: 'module' | 'commonjs'
}

const KINDS: readonly Bundle[] = (['esm', 'cjs'] as const).flatMap((format) =>
  (['module', 'commonjs'] as const).map((type) => ({ format, type })),
)

const ESM: Bundle = { format: 'esm', type: 'module' }

/** Bundles a program that has Signpost installed into a folder that has nothing, hands the folder over and runs the bundle. */
async function outputOf(
  source: string,
  { format, type }: Bundle,
  prepare: (output: TemporaryFolder, workerFile: string) => void = copyWorker,
): Promise<string> {
  const { folder } = await installed()
  const output = temporaryFolder()
  try {
    output.write('package.json', JSON.stringify({ type }))
    const outfile = join(output.path, format === 'esm' ? 'bundle.mjs' : 'bundle.cjs')
    const entry = folder.write('program.ts', source)
    const { warnings } = await build({
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      format,
      outfile,
      logLevel: 'silent',
    })
    prepare(output, join(folder.path, 'node_modules', 'signpost', 'dist', 'worker.js'))
    const ended = await runProgram(process.execPath, [outfile], { cwd: output.path })
    return warnings.map(({ text }) => `${text}\n`).join('') + ended.output
  } finally {
    output.remove()
  }
}

function copyWorker(output: TemporaryFolder, workerFile: string): void {
  copyFileSync(workerFile, join(output.path, 'worker.js'))
}

for (const kind of KINDS) {
  bundles(
    `in format ${kind.format} delivers with the worker's file beside it, in a folder of type ${kind.type}`,
    async () => {
      assert.is(await outputOf(delivers(''), kind), 'delivered channel_occupied, lost 0\n')
    },
  )
}

for (const format of ['esm', 'cjs'] as const) {
  bundles(`in format ${format} says what is missing without the worker's file`, async () => {
    assert.match(
      await outputOf(delivers(''), { format, type: 'module' }, () => undefined),
      /^WORKER_MISSING: the file ".*worker\.js".*node_modules\/signpost\/dist\/worker\.js.*workerUrl/,
    )
  })

  bundles(`in format ${format} takes the worker's file from where workerUrl says`, async () => {
    const output = await outputOf(
      delivers('', "process.cwd() + '/other.js'"),
      { format, type: 'commonjs' },
      (to, from) => copyFileSync(from, join(to.path, 'other.js')),
    )
    assert.is(output, 'delivered channel_occupied, lost 0\n')
  })

  bundles(`in format ${format} stores on disk`, async () => {
    const queue = "queue: { driver: 'disk', disk: { path: process.cwd() + '/queue' } },"
    assert.is(await outputOf(delivers(queue), { format, type: 'module' }), 'delivered channel_occupied, lost 0\n')
  })
}

bundles('replaces a thread that died', async () => {
  assert.is(await outputOf(survives, ESM), 'restarted shard 0\ndelivered 2\n')
})

bundles('says what to install when a Lambda webhook finds no AWS SDK', async () => {
  assert.is(
    await outputOf(lambda, ESM),
    'configuration: Lambda webhooks need the AWS SDK: npm install "@aws-sdk/client-lambda@^3.1160.0"\n',
  )
})

bundles('of a receiver takes nothing but Signpost in', async () => {
  const { folder } = await installed()
  const entry = folder.write('receiver.js', "export * from 'signpost/receiver'")
  const { metafile } = await build({
    entryPoints: [entry],
    absWorkingDir: folder.path,
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    metafile: true,
  })
  const foreign = Object.keys(metafile.inputs).filter((path) => !path.startsWith('node_modules/signpost/dist/'))
  assert.equal(foreign, ['receiver.js'])
})

/** A program for any format, hence without await at its top. */
function program(imports: string, body: string): string {
  return `
    import { once } from 'node:events'
    import { createServer } from 'node:http'
    import { createDispatcher } from 'signpost'
    ${imports}

    async function main() {
      ${body}
    }
    main().catch((error) => console.log(error.code + ': ' + error.message))
  `
}

function delivers(options: string, workerUrl = 'undefined'): string {
  return program(
    '',
    `
      const events = []
      const server = createServer(async (request, response) => {
        const body = Buffer.concat(await request.toArray())
        events.push(...JSON.parse(String(body)).events)
        response.end()
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const webhook = { url: 'http://127.0.0.1:' + server.address().port, event_types: ['channel_occupied'] }
      const config = {
        apps: [{ id: 'app', key: 'k', secret: 's', webhooks: [webhook] }],
        dispatcher: { shards: 1 },
        ${options}
      }
      try {
        const dispatcher = await createDispatcher(config, { workerUrl: ${workerUrl} })
        dispatcher.app('app').channelOccupied('a')
        const { events: lost } = await dispatcher.close({ timeout: 60_000 })
        console.log('delivered', events.map(({ name }) => name).join() + ', lost', lost)
      } finally {
        server.close()
        server.closeAllConnections()
      }
    `,
  )
}

const survives = program(
  "import { startReceiver } from 'signpost/testing'",
  `
    const receiver = await startReceiver({ verify: false, timeoutMs: 60_000 })
    const dispatcher = await createDispatcher({
      apps: [{ id: 'app', key: 'k', secret: 's', webhooks: [{ url: receiver.url, event_types: ['channel_occupied'] }] }],
      dispatcher: { shards: 1 },
    })
    const restarted = once(dispatcher, 'shard-restart')
    dispatcher.app('app').channelOccupied('a')
    await dispatcher.flush()
    await dispatcher.threads[0].terminate()
    const [{ shard }] = await restarted
    console.log('restarted shard', shard)
    dispatcher.app('app').channelOccupied('b')
    await dispatcher.flush()
    console.log('delivered', receiver.received.length)
    await dispatcher.close()
    await receiver.close()
  `,
)

const lambda = program(
  '',
  `
    const webhook = { lambda: { function_name: 'f', region: 'eu-west-1' }, event_types: ['channel_occupied'] }
    const dispatcher = await createDispatcher({
      apps: [{ id: 'app', key: 'k', secret: 's', webhooks: [webhook] }],
      dispatcher: { shards: 1 },
    })
    const failed = once(dispatcher, 'failed')
    dispatcher.app('app').channelOccupied('a')
    const [{ cause, error }] = await failed
    console.log(cause + ': ' + error)
    await dispatcher.close({ timeout: 0 })
  `,
)

bundles.run()
