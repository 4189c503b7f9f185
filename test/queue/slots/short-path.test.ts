import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../../scripts/temporary-folder.js'
import { ask, listenIn } from '../../../src/queue/slots/claim-socket.js'
import { type Shortening, withShortPath } from '../../../src/queue/slots/short-path.js'

const shortPath = suite('the path of a socket')

const name = '000.lock-0123456789abcdef-0123456789abcdef'

async function withLongFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const temporary = temporaryFolder()
  const folder = join(temporary.path, 'ö'.repeat(90))
  await mkdir(folder)
  try {
    return await use(folder)
  } finally {
    temporary.remove()
  }
}

shortPath('is the usual one where it fits', async () => {
  assert.is(await withShortPath('/var/queue', name, async (path) => path), `/var/queue/${name}`)
})

for (const shortening of ['descriptor', 'link'] satisfies Shortening[]) {
  shortPath(`leads to a folder with a long path through a ${shortening}`, async () => {
    await withLongFolder(async (folder) => {
      const used = await withShortPath(
        folder,
        name,
        async (path) => {
          writeFileSync(path, 'text')
          return path
        },
        shortening,
      )
      assert.ok(Buffer.byteLength(used) <= 103, used)
      assert.is(readFileSync(join(folder, name), 'utf8'), 'text')
      assert.throws(() => readFileSync(used), /ENOENT/)
    })
  })
}

shortPath('may be long for those who listen and ask', async () => {
  await withLongFolder(async (folder) => {
    const socket = await listenIn(folder, name)
    const answer = await ask(folder, name)
    const entries = readdirSync(folder)
    await socket.close()
    assert.equal(
      { entries, answer, later: (await ask(folder, name)) === 'listening' },
      { entries: [name], answer: 'listening', later: false },
    )
  })
})

shortPath.run()
