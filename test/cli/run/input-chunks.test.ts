import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { inputChunks } from '../../../src/cli/run/input-chunks.js'

const test = suite('the chunks of an input')

async function textOf(input: Readable, stop = new AbortController().signal): Promise<string> {
  let text = ''
  for await (const chunk of inputChunks(input, stop)) text += chunk.toString()
  return text
}

test('come until the input ends', async () => {
  const input = new PassThrough()
  const reading = textOf(input)
  for (const part of ['a', 'b', 'c']) {
    input.write(part)
    await nextTurn()
  }
  input.end('d')
  assert.is(await reading, 'abcd')
})

test('are none when there is nothing', async () => assert.is(await textOf(Readable.from([])), ''))

test('end at the stop, after what has been buffered, and the writer hears it', async () => {
  const input = new PassThrough()
  const stop = new AbortController()
  const chunks = inputChunks(input, stop.signal)
  input.write('first')
  await chunks.next()
  input.write('buffered')
  stop.abort()
  const last = await chunks.next()
  assert.equal([String(last.value), (await chunks.next()).done, input.destroyed], ['buffered', true, true])
})

test('end at a stop that comes while nothing is there', async () => {
  const stop = new AbortController()
  const reading = textOf(new PassThrough(), stop.signal)
  await nextTurn()
  stop.abort()
  assert.is(await reading, '')
})

test('end with the error of the input', async () => {
  const input = new PassThrough()
  const reading = textOf(input).catch((error: unknown) => error)
  await nextTurn()
  input.destroy(new Error('EIO'))
  assert.match(String(await reading), 'EIO')
})

test('are not read ahead while one is worked on', async () => {
  let pulled = 0
  const input = new Readable({
    highWaterMark: 16,
    read() {
      pulled += 1
      this.push('x'.repeat(16))
    },
  })
  const chunks = inputChunks(input, new AbortController().signal)
  await chunks.next()
  for (let turn = 0; turn < 20; turn++) await nextTurn()
  assert.ok(pulled < 5, `${pulled} reads`)
  input.destroy()
  await once(input, 'close')
})

test.run()
