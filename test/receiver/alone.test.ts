import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { transform } from 'esbuild'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { projectRoot } from '../support/project-root.js'
import { runScript } from '../support/run-script.js'
import { memberAdded, signedRequest } from './signed-request.js'

const test = suite('the receiver, as it is published')

const source = readFileSync(join(projectRoot, 'dist/receiver.js'), 'utf8')

/** A runtime as edge platforms have it: WebCrypto and the Fetch standard, and nothing of Node. */
async function edge(script: string, request: { readonly headers: object; readonly body: Uint8Array }) {
  const { code } = await transform(source, { format: 'iife', globalName: 'receiver' })
  const { crypto, TextEncoder, TextDecoder, Request, Response, Headers, atob, btoa } = globalThis
  const given = { ...request, secret: 'app-secret' }
  // As in Next's edge runtime.
  const process = new Proxy(
    {},
    {
      get: (_, name) => () => {
        throw new Error(`process.${String(name)} is not supported`)
      },
    },
  )
  const globals = {
    process,
    crypto,
    TextEncoder,
    TextDecoder,
    Request,
    Response,
    Headers,
    Uint8Array,
    atob,
    btoa,
    given,
  }
  return runInContext(`${code};(async () => { ${script} })()`, createContext(globals)) as Promise<unknown>
}

test('imports nothing', async () => {
  const { metafile } = await (await import('esbuild')).build({
    entryPoints: [join(projectRoot, 'dist/receiver.js')],
    absWorkingDir: projectRoot,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
  })
  assert.equal(
    Object.values(metafile.inputs).map(({ imports }) => imports),
    [[]],
  )
})

test('handles a request where there is nothing of Node', async () => {
  const status = await edge(
    `
    const { createReceiver, fetchHandler } = receiver
    const names = []
    const handle = fetchHandler(
      createReceiver({ pusher: [{ key: 'app-key', secret: given.secret }] }),
      ({ events }) => void names.push(...events.map(({ name }) => name)),
    )
    const request = (body) => new Request('https://example.test/', { method: 'POST', headers: given.headers, body })
    const good = await handle(request(given.body))
    const bad = await handle(request('{"time_ms":1,"events":[]}'))
    return JSON.stringify([good.status, bad.status, names])
    `,
    signedRequest(),
  )
  assert.is(status, '[200,401,["member_added"]]')
})

test('verifies Standard Webhooks under a derived secret where there is nothing of Node', async () => {
  const nowMs = 1_700_000_000_000
  const events = await edge(
    `
    const { createReceiver, deriveStandardWebhooksSecretAsync } = receiver
    const standardWebhooks = [await deriveStandardWebhooksSecretAsync(given.secret)]
    const { events } = await createReceiver({ standardWebhooks, now: () => ${nowMs} }).verifyAsync(given)
    return JSON.stringify(events)
    `,
    signedRequest({ schemes: ['standard-webhooks'], nowMs }),
  )
  assert.equal(JSON.parse(String(events)), [memberAdded])
})

test('says what to call where there is nothing of Node and an answer is wanted at once', async () => {
  const message = await edge(
    `
    try { receiver.createReceiver({ pusher: [{ key: 'app-key', secret: 'app-secret' }] }).verify(given) }
    catch (error) { return error.code + ': ' + error.message }
    `,
    signedRequest(),
  )
  assert.is(
    message,
    'NO_SYNC_CRYPTO: this runtime has no synchronous cryptography: use verifyAsync() in place of verify()',
  )
})

test('throws errors of the same classes as the other entries', async () => {
  const { output } = await runScript(`
    import * as main from 'signpost'
    import { createReceiver, SignpostError, WebhookError } from 'signpost/receiver'
    import { startReceiver } from 'signpost/testing'
    const testing = await startReceiver({ pusher: [{ key: 'k', secret: 's' }] })
    await fetch(testing.url, { method: 'POST', body: '{}' })
    const [{ error }] = testing.invalid
    await testing.close()
    console.log(SignpostError === main.SignpostError, error instanceof WebhookError, error instanceof main.SignpostError)
    try { createReceiver({}) } catch (error) { console.log(error instanceof main.SignpostError, error.code) }
  `)
  assert.is(output, 'true true true\ntrue INVALID_OPTIONS\n')
})

test.run()
