// time limit: 240 s
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../../scripts/temporary-folder.js'
import { NodeDisk } from '../../../src/queue/journal/node-disk.js'
import { testJobStore } from '../job-store-contract.js'
import { openSmallJournal } from './support/small-journal.js'

testJobStore('the journal in a folder', async () => {
  const folder = temporaryFolder()
  return { open: async () => openSmallJournal(new NodeDisk(folder.path)), remove: async () => folder.remove() }
})

const test = suite('a journal in a folder')

const writer = join(import.meta.dirname, 'support', 'writer-process.js')
const kills = 10

interface Said {
  stored: number
  readonly ending: Set<number>
  readonly done: Set<number>
}

/** Lets the writer write until it has said so many lines, and kills it. */
async function writeAndKill(folder: string, sync: string, lines: number, said: Said): Promise<void> {
  const child = spawn(process.execPath, [writer, folder, sync], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'close')
  let rest = ''
  let heard = 0
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) hear(line, said)
    heard += parts.length
    if (heard >= lines) child.kill('SIGKILL')
  })
  await exited
}

function hear(line: string, said: Said): void {
  const [what = '', number = ''] = line.split(' ')
  if (what === 'stored') said.stored = Number(number)
  if (what === 'ending') said.ending.add(Number(number))
  if (what === 'done') said.done.add(Number(number))
}

for (const sync of ['power', 'process'] as const) {
  test(`keeps what was stored when its process is killed ${kills} times, with sync: ${sync}`, async () => {
    const folder = temporaryFolder()
    const said: Said = { stored: 1, ending: new Set(), done: new Set() }
    try {
      for (let kill = 0; kill < kills; kill++) {
        await writeAndKill(folder.path, sync, 5 + kill * 13, said)
        const found = await seqsIn(folder.path)
        const missing: number[] = []
        for (let seq = 1; seq < said.stored; seq++) if (!found.has(seq) && !said.ending.has(seq)) missing.push(seq)
        const back = [...said.done].filter((seq) => found.has(seq))
        assert.equal([missing, back], [[], []])
      }
    } finally {
      folder.remove()
    }
  })
}

async function seqsIn(folder: string): Promise<ReadonlySet<number>> {
  const store = openSmallJournal(new NodeDisk(folder))
  const found = new Set<number>()
  for (const { target } of [...store.jobs.backlogs()]) {
    for (const { seq } of await store.jobs.take(target, 100_000)) found.add(seq)
  }
  await store.jobs.close()
  return found
}

test.run()
