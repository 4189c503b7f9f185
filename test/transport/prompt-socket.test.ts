import { once } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PromptSocket } from '../../src/transport/prompt-socket.js'
import { rawServer } from './support/servers.js'

const test = suite('prompt socket')

/** More than is read at once. */
const LONG = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 251))

/** What a reader is given by a server that sends `bytes` and hangs up. */
async function received(bytes: Buffer, read: (socket: PromptSocket) => Promise<Buffer>): Promise<Buffer> {
  const server = await rawServer((socket) => socket.end(bytes))
  const socket = new PromptSocket().connect(server.port, '127.0.0.1')
  try {
    return await read(socket)
  } finally {
    socket.destroy()
    await server.close()
  }
}

/** Takes what there is whenever something is, as undici does. */
async function whenReadable(socket: PromptSocket): Promise<Buffer> {
  const chunks: Buffer[] = []
  socket.on('readable', () => {
    for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) chunks.push(chunk)
  })
  await once(socket, 'end')
  return Buffer.concat(chunks)
}

async function bySize(socket: PromptSocket): Promise<Buffer> {
  const chunks: Buffer[] = []
  socket.on('readable', () => {
    for (let chunk = socket.read(1000); chunk !== null; chunk = socket.read(1000)) {
      assert.ok(chunk.length <= 1000)
      chunks.push(chunk)
    }
  })
  await once(socket, 'end')
  return Buffer.concat(chunks)
}

async function everySecondTime(socket: PromptSocket): Promise<Buffer> {
  const chunks: Buffer[] = []
  let calls = 0
  socket.on('readable', () => {
    calls += 1
    const chunk = calls % 2 === 0 ? socket.read() : null
    if (chunk !== null) chunks.push(chunk)
  })
  // Whoever leaves something has to come back for it.
  const again = setInterval(() => {
    for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) chunks.push(chunk)
  }, 1)
  await once(socket, 'end')
  clearInterval(again)
  return Buffer.concat(chunks)
}

async function asItFlows(socket: PromptSocket): Promise<Buffer> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'end')
  return Buffer.concat(chunks)
}

async function byIteration(socket: PromptSocket): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

for (const read of [whenReadable, bySize, everySecondTime, asItFlows, byIteration]) {
  for (const bytes of [Buffer.from('short'), LONG]) {
    test(`${bytes.length} bytes arrive as they were sent: ${read.name}`, async () => {
      assert.ok((await received(bytes, read)).equals(bytes))
    })
  }
}

test('what has come is handed over without lying in the buffer of the stream', async () => {
  const buffered: number[] = []
  await received(Buffer.from('short'), async (socket) => {
    socket.on('readable', () => {
      buffered.push(socket.readableLength)
      socket.read()
    })
    await once(socket, 'end')
    return Buffer.alloc(0)
  })
  assert.is(Math.max(...buffered), 0)
})

test('what was left in the stream comes before what comes after it', async () => {
  const server = await rawServer((socket) => {
    socket.write('1')
    socket.once('data', () => socket.end('2'))
  })
  const socket = new PromptSocket().connect(server.port, '127.0.0.1')
  socket.once('readable', () => socket.write('next'))
  const chunks: Buffer[] = []
  socket.on('readable', () => {
    if (socket.bytesRead < 2) return
    for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) chunks.push(chunk)
  })
  await once(socket, 'end')
  assert.is(Buffer.concat(chunks).toString(), '12')
  await server.close()
})

test('a reader may destroy the socket', async () => {
  const server = await rawServer((socket) => socket.write('short'))
  const socket = new PromptSocket().connect(server.port, '127.0.0.1')
  socket.on('readable', () => socket.destroy())
  await once(socket, 'close')
  assert.is(socket.read(), null)
  await server.close()
})

test.run()
