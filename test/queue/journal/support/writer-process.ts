/**
 * Stores jobs in the folder given, one group after the other, until it is killed. Says `stored N` when all jobs below N are stored, and
 * `done N` when job N is done; before that, `ending N`.
 */
import { writeSync } from 'node:fs'
import { NodeDisk } from '../../../../src/queue/journal/node-disk.js'
import { jobOf } from '../../job-store-contract.js'
import { openSmallJournal } from './small-journal.js'

const [folder = '', sync = 'power'] = process.argv.slice(2)
const say = (line: string): void => void writeSync(1, `${line}\n`)

const store = openSmallJournal(new NodeDisk(folder), { sync: sync === 'process' ? 'process' : 'power' })
let next = store.firstSeq
for (;;) {
  const jobs = Array.from({ length: 3 }, () => jobOf(next++))
  const [first] = jobs
  await store.jobs.commit({ jobs, changes: [] })
  say(`stored ${next}`)
  if (first === undefined) continue
  say(`ending ${first.head.seq}`)
  const others = jobs.slice(1).filter(({ head }) => head.seq % 4 !== 0)
  for (const { head } of others) say(`ending ${head.seq}`)
  await store.jobs.commit({ jobs: [], changes: [first, ...others].map(({ head }) => ({ kind: 'done', id: head.id })) })
  for (const { head } of [first, ...others]) say(`done ${head.seq}`)
}
