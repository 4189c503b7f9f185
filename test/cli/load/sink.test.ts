import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { Pool } from 'undici'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Answer, Sink } from '../../../src/cli/load/sink.js'

const test = suite('the receiver that costs little')

test('a client gets the answers to what it posted', async () => {
  const bodies: string[] = []
  const sink = new Sink(({ target, body }, answer) => {
    bodies.push(body.toString())
    answer(target === '/refused' ? 500 : 200)
  })
  const pool = new Pool(`http://127.0.0.1:${await sink.listen()}`, { connections: 2 })
  const body = 'x'.repeat(300_000)
  const answers = await Promise.all(
    ['/refused', '/taken', '/taken'].map((path) => pool.request({ path, method: 'POST', body })),
  )
  assert.equal(
    answers.map(({ statusCode }) => statusCode),
    [500, 200, 200],
  )
  assert.equal(bodies, [body, body, body])
  await Promise.all(answers.map((answer) => answer.body.dump()))
  await pool.close()
  await sink.close()
})

test('an answer to a client that has gone is let be', async () => {
  const answers: Answer[] = []
  const sink = new Sink((_request, answer) => {
    answers.push(answer)
    answer(200)
  })
  const port = await sink.listen()
  const socket = connect(port, '127.0.0.1')
  socket.write('POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n')
  await once(socket, 'data')
  socket.destroy()
  await once(socket, 'close')
  await sink.close()
  for (const answer of answers) answer(500)
  assert.is(answers.length, 1)
})

test('what is no request is answered with 400, and its connection ends', async () => {
  const sink = new Sink(() => assert.unreachable())
  const socket = connect(await sink.listen(), '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\n\r\n')
  assert.match(await text(socket), /^HTTP\/1.1 400 Bad Request\r\n/)
  await sink.close()
})

test.run()
