import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type TemporaryFolder, temporaryFolder } from '../../scripts/temporary-folder.js'
import { projectRoot } from '../support/project-root.js'
import { runProgram } from '../support/run-program.js'

const runner = suite<{ folder: TemporaryFolder }>('test runner')

/** By another name, so that the planted suites are not taken for this file's own. */
const make = 'suite'
const ending = 'Suite'

const header = `import { suite } from 'uvu'\nimport * as assert from 'uvu/assert'\nconst it = ${make}('it')\n`

// Inside the project, so that the planted files find uvu.
runner.before.each((context) => {
  context.folder = temporaryFolder(join(projectRoot, '.cache'))
})
runner.after.each((context) => context.folder.remove())

async function runPlanted(folder: TemporaryFolder, text: string, filters: readonly string[] = []) {
  folder.write('test/planted.test.js', text)
  return runTests(folder, filters)
}

async function runTests(folder: TemporaryFolder, filters: readonly string[] = []) {
  const script = join(projectRoot, 'scripts', 'run-tests.mjs')
  const { status, output } = await runProgram(process.execPath, [script, '--dist', folder.path, ...filters])
  return { status, output, lastLine: output.trimEnd().split('\n').at(-1) }
}

runner('counts tests in its last line', async ({ folder }) => {
  const { lastLine } = await runPlanted(folder, `${header}it('a', () => {})\nit('b', () => {})\nit.run()\n`)
  assert.is(lastLine, '2 passed, 0 failed')
})

runner('ends with status 0 when all passed', async ({ folder }) => {
  const { status } = await runPlanted(folder, `${header}it('a', () => {})\nit.run()\n`)
  assert.is(status, 0)
})

runner('ends with status 1 when a test failed', async ({ folder }) => {
  const { status } = await runPlanted(folder, `${header}it('a', () => assert.is(1, 2))\nit.run()\n`)
  assert.is(status, 1)
})

runner('counts a failed test beside a passed one', async ({ folder }) => {
  const text = `${header}it('a', () => assert.is(1, 2))\nit('b', () => {})\nit.run()\n`
  assert.is((await runPlanted(folder, text)).lastLine, '1 passed, 1 failed')
})

runner('shows the output of a failed file', async ({ folder }) => {
  const text = `${header}it('a', () => { console.log('seen before'); assert.unreachable('the reason') })\nit.run()\n`
  assert.match((await runPlanted(folder, text)).output, /seen before[\s\S]*the reason/)
})

runner('shows positions in the source', async ({ folder }) => {
  // Everything in the compiled file comes from the first line of the source.
  folder.write('test/planted.test.js.map', '{"version":3,"sources":["planted.test.ts"],"names":[],"mappings":"AAAA"}')
  const { output } = await runPlanted(folder, `${header}it('a', () => assert.is(1, 2))\nit.run()\n`)
  assert.match(output, 'test/planted.test.ts:1:1')
})

const saying = (text: string) => `${header}it('a', () => console.log(${JSON.stringify(text)}, process.pid))\nit.run()\n`

runner('runs the files of a folder in one process', async ({ folder }) => {
  for (const name of ['a', 'b']) folder.write(`test/near/${name}.test.js`, saying(name))
  const { output } = await runTests(folder)
  assert.match(output, /✓ 2 files of test\/near \(2 of 2,[\s\S]*2 passed, 0 failed/)
})

runner('runs files with servers and deaths in processes of their own', async ({ folder }) => {
  for (const name of ['a', 'b']) folder.write(`test/faults/${name}.test.js`, saying(name))
  const { output } = await runTests(folder)
  for (const name of ['a', 'b']) assert.match(output, `✓ test/faults/${name}.test.js (1 of 1,`)
})

const neighbours: Readonly<Record<string, string>> = {
  'has a failed test': `${header}it('a', () => assert.is(1, 2))\nit.run()\n`,
  'is empty': '',
  'leaves a server listening': `${header}import { createServer } from 'node:net'\nit('a', () => { createServer().listen(0) })\nit.run()\n`,
  'ends the process': `${header}it('a', () => process.exit(0))\nit.run()\n`,
  'cannot be loaded': 'throw new Error()',
}

for (const [fault, text] of Object.entries(neighbours)) {
  runner(`says which file of a folder ${fault}`, async ({ folder }) => {
    folder.write('test/near/bad.test.js', text)
    folder.write('test/near/good.test.js', saying('good'))
    const { status, output } = await runTests(folder)
    assert.ok(status === 1 && /✗ test\/near\/bad.test.js[\s\S]*✓ test\/near\/good.test.js/.test(output), output)
  })
}

runner('runs nothing but what the filter matches, and fails when that is nothing', async ({ folder }) => {
  const { lastLine } = await runPlanted(folder, `${header}it('a', () => {})\nit.run()\n`, ['elsewhere'])
  assert.is(lastLine, '0 passed, 1 failed')
})

const longFile = `// long\n${header}it('a', () => assert.is(process.env.SIGNPOST_LONG_TESTS, '1'))\nit.run()\n`

runner('leaves out a file that is marked as long, and says so', async ({ folder }) => {
  const { output, lastLine } = await runPlanted(folder, longFile)
  assert.match(output, '1 long test files are left out')
  assert.is(lastLine, '0 passed, 1 failed')
})

runner('runs it with --long, which tests can see', async ({ folder }) => {
  assert.is((await runPlanted(folder, longFile, ['--long'])).lastLine, '1 passed, 0 failed')
})

const faults: Readonly<Record<string, { text: string; says: RegExp }>> = {
  'is empty': { text: '', says: /no suite was run/ },
  'forgets to run its only suite': { text: `${header}it('a', () => {})\n`, says: /`it.run\(\)` is missing/ },
  'forgets to run one suite of two': {
    text: `${header}const other = ${make}('other')\nother('a', () => {})\nit('a', () => {})\nit.run()\n`,
    says: /`other.run\(\)` is missing/,
  },
  'forgets to run a suite that it was handed': {
    text: `${header}const hidden${ending} = () => { const own = ${make}('own'); own('b', () => {}); return own }
const handed = hidden${ending}()\nit('a', () => {})\nit.run()\n`,
    says: /`handed.run\(\)` is missing/,
  },
  'runs a suite without a test': { text: `${header}it.run()\n`, says: /a suite without a test/ },
  'skips a test': { text: `${header}it('a', () => {})\nit.skip('b', () => {})\nit.run()\n`, says: /1 skipped/ },
  'leaves a server listening': {
    text: `${header}import { createServer } from 'node:net'\nit('a', () => { createServer().listen(0) })\nit.run()\n`,
    says: /still open 3 s after the last test: TCPServerWrap/,
  },
  'leaves a process running': {
    text: `${header}import { spawn } from 'node:child_process'
it('a', () => { spawn('sleep', ['60'], { stdio: 'ignore' }).unref() })\nit.run()\n`,
    says: /left running: sleep/,
  },
  'never settles a promise': {
    text: `${header}it('a', () => new Promise(() => {}))\nit.run()\n`,
    says: /ended before its tests had/,
  },
  'leaves a rejection unhandled': {
    text: `${header}it('a', () => { Promise.reject(new Error('lost')) })\nit.run()\n`,
    says: /lost/,
  },
  'throws in a hook': {
    text: `${header}it.before(() => { throw new Error('hook') })\nit('a', () => {})\nit.run()\n`,
    says: /a hook threw/,
  },
  'exits in the middle': {
    text: `${header}it('a', () => process.exit(0))\nit.run()\n`,
    says: /ended before its tests had/,
  },
  'is killed': {
    text: `${header}it('a', () => process.kill(process.pid, 'SIGKILL'))\nit.run()\n`,
    says: /ended by SIGKILL without a report/,
  },
  'exceeds its time limit': {
    text: `// time limit: 1 s\n${header}it('a', () => new Promise(() => setInterval(() => {}, 1000)))\nit.run()\n`,
    says: /killed at its time limit of 1 s/,
  },
}

for (const [fault, { text, says }] of Object.entries(faults)) {
  runner(`fails a file that ${fault}`, async ({ folder }) => {
    const { status, output } = await runPlanted(folder, text)
    assert.ok(status === 1 && says.test(output), output)
  })
}

runner.run()
