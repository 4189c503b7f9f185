import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { threadFlags } from '../../src/supervisor/thread-flags.js'

const flags = suite('flags of a thread')

flags('are those of the process', () => {
  assert.is(threadFlags(['--import', './a.mjs', '--no-warnings'], undefined), undefined)
})

flags('of its own come behind those of the process that load modules', () => {
  const own = ['--expose-gc', '--max-old-space-size=100', '--require', './b.cjs', '--import=./a.mjs']
  assert.equal(threadFlags(own, ['--import', './own.mjs']), [
    '--require=./b.cjs',
    '--import=./a.mjs',
    '--import',
    './own.mjs',
  ])
})

flags('are only those that load modules, where the program was given by --eval', () => {
  const own = ['--input-type=module', '--no-warnings', '--import=./a.mjs', '-r', './b.cjs', '--eval', 'code()']
  assert.equal(threadFlags(own, undefined), ['--import=./a.mjs', '--require=./b.cjs'])
})

flags.run()
