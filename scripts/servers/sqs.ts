import { buildApp } from 'fauxqs'

/** Credentials that no service knows: those of this machine must not be asked for. */
export const SQS_ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
} as const

export interface SqsServerMessage {
  readonly body: string
  readonly attributes: ReadonlyMap<string, string>
  readonly isHidden: boolean
}

export interface SqsServer {
  readonly url: string
  /** What is in a queue; empty when there is no such queue. */
  messagesIn(queue: string): Promise<readonly SqsServerMessage[]>
  /** Calls an action of SQS as anybody may. */
  call(action: string, input: object): Promise<object>
  stop(): Promise<void>
}

interface Inspected {
  readonly body: string
  readonly messageAttributes: Readonly<Record<string, { readonly StringValue?: string }>>
}

interface Inspection {
  readonly messages?: {
    readonly ready: readonly Inspected[]
    readonly delayed: readonly Inspected[]
    readonly inflight: readonly { readonly message: Inspected }[]
  }
}

/** Starts a server that speaks SQS, on this machine alone. @param port 0: any */
export async function startSqs(port = 0): Promise<SqsServer> {
  const app = buildApp({ logger: false })
  const url = await app.listen({ port, host: '127.0.0.1' })
  return {
    url,
    async messagesIn(queue) {
      const answer = await app.inject({ method: 'GET', url: `/_fauxqs/queues/${queue}` })
      const { messages } = answer.json<Inspection>()
      if (messages === undefined) return []
      const hidden = [...messages.delayed, ...messages.inflight.map(({ message }) => message)]
      return [...messages.ready.map((each) => shown(each, false)), ...hidden.map((each) => shown(each, true))]
    },
    async call(action, input) {
      const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` }
      const answer = await app.inject({ method: 'POST', url: '/', headers, payload: JSON.stringify(input) })
      if (answer.statusCode !== 200) throw new Error(`${action}: ${answer.body}`)
      return answer.json<object>()
    },
    async stop() {
      app.server.closeAllConnections()
      await app.close()
    },
  }
}

function shown({ body, messageAttributes }: Inspected, isHidden: boolean): SqsServerMessage {
  const attributes = Object.entries(messageAttributes).map(
    ([name, { StringValue }]) => [name, StringValue ?? ''] as const,
  )
  return { body, attributes: new Map(attributes), isHidden }
}
