import { createRequire } from 'node:module'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Client } from '../../src/transport/undici-client.js'

const test = suite('undici’s client')
const require = createRequire(import.meta.url)

test('is loaded without the rest of undici', () => {
  const loaded = Object.keys(require.cache).filter((path) => /[\\/]undici[\\/]lib[\\/](web|mock|cache)/.test(path))
  assert.equal(loaded, [])
})

test('is the class that undici exports', () => {
  assert.is(Client, require('undici').Client)
})

test.run()
