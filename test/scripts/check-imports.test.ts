import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import { projectRoot } from '../support/project-root.js'
import { runProgram } from '../support/run-program.js'

const directions = suite('direction of imports')

/** @returns what the check says about a project that has nothing but `files` under src/ */
function check(files: Readonly<Record<string, string>>): Promise<string> {
  return checkProject(Object.fromEntries(Object.entries(files).map(([name, text]) => [join('src', name), text])))
}

/** @returns what the check says about a project that has nothing but `files` */
async function checkProject(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = temporaryFolder()
  try {
    for (const [name, text] of Object.entries(files)) folder.write(name, text)
    const script = join(projectRoot, 'scripts', 'check-imports.mjs')
    const { status, output } = await runProgram(process.execPath, [script, folder.path])
    assert.is(status, output === '' ? 0 : 1)
    return output
  } finally {
    folder.remove()
  }
}

directions('an import along the table passes', async () => {
  const files = { 'router/router.ts': `import { layout } from '../ring/layout.js'\n`, 'ring/layout.ts': '' }
  assert.is(await check(files), '')
})

directions('an import against the table is reported', async () => {
  const files = { 'ring/layout.ts': `import { router } from '../router/router.js'\n`, 'router/router.ts': '' }
  assert.match(await check(files), 'src/ring/layout.ts (ring) may not import src/router/router.ts (router)')
})

directions('an export from elsewhere is an import', async () => {
  const files = { 'ring/layout.ts': `export * from '../router/router.js'\n`, 'router/router.ts': '' }
  assert.match(await check(files), 'may not import')
})

directions('a lazy import is an import', async () => {
  const files = {
    'ring/layout.ts': `export const load = () => import('../router/router.js')\n`,
    'router/router.ts': '',
  }
  assert.match(await check(files), 'may not import')
})

directions('an import over several lines is an import', async () => {
  const files = { 'ring/layout.ts': `import {\n  a,\n  b,\n} from '../router/router.js'\n`, 'router/router.ts': '' }
  assert.match(await check(files), 'may not import')
})

directions('an import in a comment is none', async () => {
  const files = { 'ring/layout.ts': `/*\nimport { a } from '../router/router.js'\n*/\n`, 'router/router.ts': '' }
  assert.is(await check(files), '')
})

directions('types pass where only types are allowed', async () => {
  const files = {
    'courier/courier.ts': `import type { Transport } from '../transport/transport.js'\n`,
    'transport/transport.ts': '',
  }
  assert.is(await check(files), '')
})

directions('values do not pass where only types are allowed', async () => {
  const files = { 'courier/courier.ts': `import { send } from '../transport/http.js'\n`, 'transport/http.ts': '' }
  assert.match(await check(files), 'may not import')
})

directions('the errors may be imported by all', async () => {
  const files = { 'ring/layout.ts': `import { SignpostError } from '../errors.js'\n`, 'errors.ts': '' }
  assert.is(await check(files), '')
})

directions('main-thread code that loads worker code by way of shared messages is reported', async () => {
  const files = {
    'supervisor/pool.ts': `import { kinds } from '../shard/messages.js'\n`,
    'shard/messages.ts': `import { loop } from '../actor/actor.js'\n`,
    'actor/actor.ts': '',
  }
  assert.match(await check(files), 'src/supervisor/pool.ts (main thread) loads src/actor/actor.ts (worker thread)')
})

for (const [from, to] of [
  ['gather', 'deliver'],
  ['deliver', 'gather'],
]) {
  directions(`${from} may not import ${to}, types neither`, async () => {
    const files = { [`${from}/a.ts`]: `import type { B } from '../${to}/b.js'\n`, [`${to}/b.ts`]: '' }
    assert.match(await check(files), `src/${from}/a.ts (${from}) may not import src/${to}/b.ts (${to})`)
  })
}

directions('gather and deliver may import the types of the ports between them', async () => {
  const files = {
    'deliver/couriers.ts': `import type { Outlet } from '../gather/outlet.js'\n`,
    'gather/feedback.ts': `import type { Upstream } from '../deliver/upstream.js'\n`,
    'gather/outlet.ts': '',
    'deliver/upstream.ts': '',
  }
  assert.is(await check(files), '')
})

directions('a circle is reported, with its way', async () => {
  const files = {
    'ring/a.ts': `import { b } from './b.js'\n`,
    'ring/b.ts': `import { c } from './c.js'\n`,
    'ring/c.ts': `import type { A } from './a.js'\n`,
  }
  assert.match(await check(files), 'src/ring/a.ts → src/ring/b.ts → src/ring/c.ts → src/ring/a.ts')
})

directions('a file that no layer holds is reported', async () => {
  assert.match(await check({ 'helpers/misc.ts': '' }), 'src/helpers/misc.ts belongs to no layer')
})

for (const file of ['bench/scenario.ts', 'scripts/demo/main.ts', 'scripts/start.mjs', 'examples/receiver.mjs']) {
  directions(`${file} may not import from test/`, async () => {
    const up = '../'.repeat(file.split('/').length - 1)
    const text = `import { a } from '${up}test/support/a.js'\n`
    assert.match(await checkProject({ [file]: text }), `${file} may not import test/support/a.ts`)
  })
}

directions('a test may import from scripts/', async () => {
  assert.is(await checkProject({ 'test/a.test.ts': `import { a } from '../scripts/a.js'\n`, 'scripts/a.ts': '' }), '')
})

directions.run()
