import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { copyBytes, escapedLength, writeEscaped } from '../../src/actor/json-string.js'
import { anyText } from '../support/unicode.js'

const test = suite('JSON strings')

const GUARD = 0xee
const anyOffset = fc.integer({ min: 0, max: 7 })
const anyWellFormed = anyText(60).map((text) => text.toWellFormed())

type Writer = typeof copyBytes

/** What `write` makes of the text when source and target begin anywhere; null: it wrote beyond its end. */
function written(write: Writer, text: string, from: number, at: number): string | null {
  const bytes = Buffer.from(text)
  const source = Buffer.concat([Buffer.alloc(from, '"'), bytes, Buffer.alloc(8, '"')])
  const target = Buffer.alloc(at + 6 * bytes.length + 8, GUARD)
  const end = write(viewOf(source), from, from + bytes.length, viewOf(target), at)
  const around = [...target.subarray(0, at), ...target.subarray(end)]
  return around.every((byte) => byte === GUARD) ? target.toString('utf8', at, end) : null
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length)
}

test('text is escaped as JSON.stringify does it, wherever it begins', () => {
  fc.assert(
    fc.property(anyWellFormed, anyOffset, anyOffset, (text, from, at) => {
      return `"${written(writeEscaped, text, from, at)}"` === JSON.stringify(text)
    }),
    { numRuns: 1000 },
  )
})

test('each byte is right at each place of a word, whatever stands beside it', () => {
  const wrong = []
  for (let code = 0; code < 0x80; code++) {
    for (const around of ['!', '\u0000', '"', '\\', '\u001f', ' ', '#', ']', '\u007f', 'é']) {
      for (let place = 0; place < 4; place++) {
        const text = around.repeat(place) + String.fromCharCode(code) + around.repeat(4)
        if (`"${written(writeEscaped, text, 0, 0)}"` !== JSON.stringify(text)) wrong.push(text)
      }
    }
  }
  assert.equal(wrong, [])
})

test('the length is foretold', () => {
  fc.assert(
    fc.property(anyWellFormed, anyOffset, (text, from) => {
      const source = Buffer.concat([Buffer.alloc(from), Buffer.from(text), Buffer.alloc(8)])
      const length = escapedLength(viewOf(source), from, source.length - 8)
      return length === Buffer.byteLength(JSON.stringify(text)) - 2
    }),
    { numRuns: 1000 },
  )
})

test('bytes are copied as they are, wherever they begin', () => {
  fc.assert(
    fc.property(anyWellFormed, anyOffset, anyOffset, (text, from, at) => written(copyBytes, text, from, at) === text),
  )
})

test.run()
