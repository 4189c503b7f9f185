import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { freePort } from '../../scripts/free-port.js'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import { runProgram } from '../support/run-program.js'
import { until } from '../support/until.js'
import { documentedExamples, projectFile } from './documented.js'

const test = suite('the README')

const program = (name: string) => fileURLToPath(new URL(`./readme/${name}.js`, import.meta.url))

/** The README's configuration, with another port. */
function configuration(port: number): string {
  const { code } = documentedExamples('README.md').find(({ language }) => language === 'json') ?? { code: '' }
  assert.ok(code.includes(':3000"'))
  return code.replace(':3000"', `:${port}"`)
}

async function isListening(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null)
  await answer?.text()
  return answer !== null
}

interface Started {
  readonly child: ChildProcess
  output(): string
}

function startReceiver(port: number): Started {
  const env = { ...process.env, PORT: String(port) }
  const child = spawn(process.execPath, [program('receiver')], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  return { child, output: () => output }
}

async function runServer(port: number) {
  const folder = temporaryFolder()
  try {
    folder.write('config.json', configuration(port))
    return await runProgram(process.execPath, [program('embedding')], { cwd: folder.path })
  } finally {
    folder.remove()
  }
}

test('its server delivers to its receiver', async () => {
  const port = await freePort()
  const { child, output } = startReceiver(port)
  try {
    await until(() => isListening(port))
    const result = await runServer(port)
    await until(() => output().includes('member_added'))
    assert.equal([result.status, result.output], [0, 'api acknowledged 2 events\n'])
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

test('its server says that the receiver is down', async () => {
  const result = await runServer(await freePort())
  assert.is(result.output, '2 events not delivered; is api up?\n')
})

test('has at most 9,000 bytes', () => {
  const bytes = Buffer.byteLength(projectFile('README.md'))
  assert.ok(bytes <= 9000, `${bytes} bytes`)
})

test.run()
