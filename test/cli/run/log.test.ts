import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createLog } from '../../../src/cli/run/log.js'
import { type LogFormat, type LogLevel, prettyLine } from '../../../src/cli/run/log-line.js'

const test = suite('the log of signpost run')

function logged(format: LogFormat, fields: object, message = 'something', level: LogLevel = 'warn'): string {
  const lines: string[] = []
  const log = createLog({ format, level: 'info', hasColours: false, write: (line) => lines.push(line) })
  log[level](fields, message)
  return lines.join('')
}

test('is an object per line for programs', () => {
  const { time, ...line } = JSON.parse(logged('json', { app: 'a', big: 1n, level: 'mine' }))
  assert.equal([Number.isNaN(Date.parse(time)), line], [false, { level: 'warn', msg: 'something', app: 'a', big: '1' }])
})

test('is text for people, without what the message says already', () => {
  const line = logged('pretty', { apps: 3, app: 'a', nothing: null, none: [], object: { x: 1 } }, 'started: apps: 3')
  assert.match(line, /^\d\d:\d\d:\d\d warn {2}started: apps: 3 app=a\n$/)
})

test('has colours where they are wanted', () => {
  const entry = { level: 'warn', time: new Date(), fields: {}, message: 'something' } as const
  assert.match(prettyLine(entry, true), '\u001b[33mwarn \u001b[39m something')
})

test('leaves out what is below its level', () => {
  const lines: string[] = []
  const log = createLog({ format: 'pretty', level: 'error', hasColours: false, write: (line) => lines.push(line) })
  log.info({}, 'one')
  log.warn({}, 'two')
  log.error({}, 'three')
  assert.is(lines.length, 1)
})

test('has the whole of an error, with its causes', () => {
  const error = new Error('outer', { cause: Object.assign(new Error('inner'), { code: 'ECONNREFUSED' }) })
  const { err } = JSON.parse(logged('json', { err: error }))
  assert.equal([err.message, err.cause.message, err.cause.code], ['outer', 'inner', 'ECONNREFUSED'])
  assert.match(logged('pretty', { err: error }), /Error: outer[\s\S]*caused by Error: inner/)
})

for (const format of ['json', 'pretty'] as const) {
  test(`shows no secret as ${format}`, () => {
    const error = Object.assign(new Error('cannot reach redis://user:hidden@host:1/0'), { password: 'hidden' })
    const fields = { err: error, app: { secret: 'hidden' }, token: 'hidden', urls: ['http://hidden@h/'] }
    assert.not.match(logged(format, fields, 'at postgres://u:hidden@h'), /hidden/)
  })
}

test('does not fail for what refers to itself', () => {
  const circular: Record<string, unknown> = {}
  circular.self = circular
  assert.match(logged('json', circular), '"msg":"something"')
})

test.run()
