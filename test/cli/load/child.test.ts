import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../../scripts/temporary-folder.js'
import { Child } from '../../../src/cli/load/child.js'

const test = suite('a process of signpost load')

interface Request {
  readonly say: string
}

/** Asks a process that runs the program, and ends it. */
async function told(program: string, ask: (child: Child<Request, string>) => Promise<unknown>): Promise<unknown> {
  const folder = temporaryFolder()
  const child = new Child<Request, string>('the echo', new URL(`file://${folder.write('program.mjs', program)}`))
  try {
    return await ask(child).catch((error: Error) => error.message)
  } finally {
    await child.end()
    folder.remove()
  }
}

const ECHO = `process.on('message', ({ say }) => process.send(say)); process.on('disconnect', () => process.exit())`

test('answers in order', async () => {
  const answers = await told(ECHO, (child) => Promise.all([child.ask({ say: 'a' }), child.ask({ say: 'b' })]))
  assert.equal(answers, ['a', 'b'])
})

test('that dies is an error that says so', async () => {
  const message = await told(`process.on('message', () => process.exit(3))`, (child) => child.ask({ say: 'a' }))
  assert.is(message, 'the echo died (exit status 3)')
})

test('that does not answer is an error that says so', async () => {
  const program = `process.on('message', () => undefined); process.on('disconnect', () => process.exit())`
  assert.is(await told(program, (child) => child.ask({ say: 'a' }, 20)), 'the echo did not answer for 0.02 s')
})

test('that is dead already is the same error again', async () => {
  const message = await told(`process.on('message', () => process.exit(3))`, async (child) => {
    await child.ask({ say: 'a' }).catch(() => undefined)
    await child.ask({ say: 'b' })
  })
  assert.is(message, 'the echo died (exit status 3)')
})

test.run()
