import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Credentials, signedRegion } from '../../scripts/sigv4.js'

/** One call of the Invoke API, signed as it must be. */
export interface Invocation {
  readonly functionName: string
  readonly invocationType: string
  readonly qualifier: string | null
  /** As the function's runtime would hand it over; null: none was sent. */
  readonly clientContext: unknown
  readonly region: string
  readonly body: string
}

export interface LambdaService {
  readonly url: string
  readonly credentials: Credentials
  /** In the order of their coming; what is wrongly signed is not among them. */
  readonly invocations: readonly Invocation[]
  /** What the next calls are answered with: 202 or 200, as the API does, unless given. */
  answer: Answer
  close(): Promise<void>
}

export type Answer = (invocation: Invocation, response: ServerResponse) => void

const PATH = /^\/2015-03-31\/functions\/(?<name>[^/?]+)\/invocations(?:\?Qualifier=(?<qualifier>[^&]+))?$/

/** Plays AWS Lambda's Invoke API on 127.0.0.1. */
export async function startLambdaService(): Promise<LambdaService> {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
  const invocations: Invocation[] = []
  const server = createServer(async (request, response) => {
    const invocation = readInvocation(request, Buffer.concat(await request.toArray()), credentials)
    if (invocation === null) {
      answerException(response, 403, 'InvalidSignatureException')
      return
    }
    invocations.push(invocation)
    service.answer(invocation, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')
  const service: LambdaService = {
    url: `http://127.0.0.1:${address.port}`,
    credentials,
    invocations,
    answer: answerSuccess,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return service
}

export function answerSuccess({ invocationType }: Invocation, response: ServerResponse): void {
  if (invocationType === 'Event') response.writeHead(202).end()
  else response.writeHead(200).end('null')
}

/** As AWS dresses its errors. */
export function answerException(
  response: ServerResponse,
  status: number,
  name: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'X-Amzn-ErrorType': name, ...headers })
  response.end(JSON.stringify({ Type: 'User', message: `${name} it is` }))
}

function readInvocation(request: IncomingMessage, body: Buffer, credentials: Credentials): Invocation | null {
  const { method = '', url = '', headers } = request
  const region = signedRegion({ method, url, headers, body }, credentials)
  const path = PATH.exec(url)?.groups
  if (region === null || path?.name === undefined || method !== 'POST') return null
  const context = headers['x-amz-client-context']
  return {
    functionName: decodeURIComponent(path.name),
    invocationType: String(headers['x-amz-invocation-type'] ?? 'RequestResponse'),
    qualifier: path.qualifier === undefined ? null : decodeURIComponent(path.qualifier),
    clientContext: context === undefined ? null : JSON.parse(Buffer.from(String(context), 'base64').toString()),
    region,
    body: body.toString(),
  }
}
