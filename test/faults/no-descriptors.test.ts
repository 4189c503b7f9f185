import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runProgram } from '../support/run-program.js'
import type { Seen } from './no-descriptors-process.js'

const descriptors = suite('a process without a file descriptor left')

const program = join(import.meta.dirname, 'no-descriptors-process.js')

async function seenWith(free: number): Promise<Seen> {
  const shell = `ulimit -n 96; exec "${process.execPath}" "${program}" ${free}`
  const env = { ...process.env, AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key', NODE_NO_WARNINGS: '1' }
  const { output } = await runProgram('/bin/sh', ['-c', shell], { env })
  return JSON.parse(output)
}

for (const free of [0, 3]) {
  descriptors(`with ${free} spare ones does not load the AWS SDK, and does once there are more`, async () => {
    const { kinds, causes } = await seenWith(free)
    assert.equal(
      [kinds, causes],
      [
        ['retry', 'retry'],
        ['internal', 'connect'],
      ],
    )
  })
}

descriptors('still makes its metrics', async () => {
  assert.equal((await seenWith(0)).metrics, [true, true])
})

descriptors('takes TLS files that it cannot read now for no mistake of the configuration', async () => {
  assert.equal((await seenWith(0)).tls, ['internal', 'connect'])
})

descriptors.run()
