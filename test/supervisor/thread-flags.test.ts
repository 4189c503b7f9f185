import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { threadFlags } from '../../src/supervisor/thread-flags.js'

const flags = suite('flags of a thread')

flags('are those of the process', () => {
  assert.is(threadFlags(['--import', './a.mjs', '--no-warnings'], undefined), undefined)
})

flags('are those of the process and its own', () => {
  assert.equal(threadFlags(['--no-warnings'], ['--expose-gc']), ['--no-warnings', '--expose-gc'])
})

flags('are only its own and those that load modules, where the program was given by --eval', () => {
  const own = ['--input-type=module', '--no-warnings', '--import=./a.mjs', '-r', './b.cjs', '--eval', 'code()']
  assert.equal(threadFlags(own, ['--expose-gc']), ['--import=./a.mjs', '--require=./b.cjs', '--expose-gc'])
})

flags.run()
