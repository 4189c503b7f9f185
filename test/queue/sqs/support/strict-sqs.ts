import { messageBytes } from '../../../../src/queue/sqs/codec.js'
import type { Clock } from '../../../../src/queue/sqs/consumption.js'
import {
  type Hiding,
  type IncomingMessage,
  type Outcomes,
  type OutgoingMessage,
  type QueueFacts,
  type ReceiveRequest,
  SqsFailure,
  type SqsFailureKind,
  type SqsPort,
} from '../../../../src/queue/sqs/port.js'

const HOURS_12_MS = 12 * 3_600_000
const MINUTES_5_MS = 300_000
const MOST_BYTES = 1024 * 1024
const DELETED_LATELY_MS = 60_000
const LOOK_EVERY_MS = 500
const ANSWER_WITHIN_MS = 18_000
const INVALID = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u

export interface StrictMessage extends OutgoingMessage {
  readonly id: string
  readonly order: number
  readonly sentAt: number
  receiveCount: number
  firstReceivedAt: number
  receivedAtMs: number
  visibleAtMs: number
  handle: string | null
}

interface StrictQueue {
  readonly url: string
  readonly attributes: Record<string, string>
  messages: StrictMessage[]
  /** Deduplication id → when it was taken. */
  readonly taken: Map<string, number>
}

type Call = 'send' | 'receive' | 'remove' | 'hide' | 'find' | 'create'

interface Fault {
  readonly call: Call
  readonly kind: SqsFailureKind
  /** Which messages of the call fail; absent: the whole call. */
  readonly entries?: readonly number[]
  readonly message: string
  times: number
  /** How many calls succeed before. */
  after: number
}

type FaultOptions = Partial<Pick<Fault, 'times' | 'after' | 'message' | 'entries'>>

/** SQS as AWS has it, on a clock of the test's: strict where servers for tests are lax. */
export class StrictSqs implements SqsPort {
  readonly queues = new Map<string, StrictQueue>()
  /** What each call of `send` was given. */
  readonly sent: (readonly OutgoingMessage[])[] = []
  readonly #clock: Clock
  readonly #faults: Fault[] = []
  readonly #deleted = new Map<string, number>()
  /** Messages that may be hidden at once; more is OverLimit. */
  mostInFlight = 120_000
  #lost: 'remove' | null = null
  #orders = 0
  #handles = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The next calls of that kind fail. */
  failNext(
    call: Call,
    kind: SqsFailureKind,
    { times = 1, after = 0, message = kind, entries }: FaultOptions = {},
  ): void {
    this.#faults.push({ call, kind, times, after, message, ...(entries === undefined ? {} : { entries }) })
  }

  /** The next call of that kind is carried out, and its answer is lost: that is found out late. */
  loseNext(call: 'remove'): void {
    this.#lost = call
  }

  urlOf(name: string): string {
    return `https://sqs.test/1/${name}`
  }

  messagesOf(name: string): readonly StrictMessage[] {
    return this.queues.get(this.urlOf(name))?.messages ?? []
  }

  deleteQueue(name: string): void {
    this.queues.delete(this.urlOf(name))
    this.#deleted.set(this.urlOf(name), this.#clock.now())
  }

  /** Puts a message into a queue as somebody else does. */
  put(name: string, message: Partial<OutgoingMessage>): void {
    const { messages } = this.#queue(this.urlOf(name))
    messages.push(this.#message({ text: 'x', attributes: {}, group: 'g', deduplicationId: 'd', ...message }))
  }

  async send(url: string, messages: readonly OutgoingMessage[]): Promise<Outcomes> {
    const failing = this.#fault('send')
    const queue = this.#queue(url)
    this.sent.push(messages)
    if (messages.length === 0 || messages.length > 10) throw new Error(`a call with ${messages.length} messages`)
    const sum = messages.reduce((bytes, { text, attributes }) => bytes + messageBytes(text, attributes), 0)
    if (sum > MOST_BYTES) throw new SqsFailure('refused-message', `BatchRequestTooLong: ${sum} bytes`)
    return messages.map((message, index) => {
      if (failing?.entries?.includes(index) === true) return new SqsFailure(failing.kind, failing.kind)
      if (message.text === '' || INVALID.test(message.text)) {
        return new SqsFailure('refused-message', 'InvalidMessageContents')
      }
      if (!/^[\w!-/:-@[-`{-~]{1,128}$/.test(message.group)) throw new Error(`a group named ${message.group}`)
      if (!isFifo(url) || this.#isNew(queue, message)) queue.messages.push(this.#message(message))
      return null
    })
  }

  async receive(url: string, request: ReceiveRequest): Promise<readonly IncomingMessage[]> {
    this.#fault('receive')
    const { mostMessages, waitSeconds, hiddenSeconds, signal } = request
    if (mostMessages > 10 || waitSeconds > 20 || hiddenSeconds > 43_200) throw new Error(JSON.stringify(request))
    const untilMs = this.#clock.now() + waitSeconds * 1000
    for (;;) {
      const queue = this.#queue(url)
      this.#redrive(queue)
      const found = this.#visible(queue).slice(0, mostMessages)
      if (found.length > 0) return found.map((message) => this.#received(message, hiddenSeconds))
      if (signal.aborted) throw new SqsFailure('unavailable', 'AbortError')
      if (this.#clock.now() >= untilMs) return []
      await this.#clock.wait(Math.min(LOOK_EVERY_MS, untilMs - this.#clock.now()), signal)
    }
  }

  async remove(url: string, handles: readonly string[]): Promise<Outcomes> {
    const failing = this.#fault('remove')
    if (handles.length === 0 || handles.length > 10) throw new Error(`a call with ${handles.length} handles`)
    const queue = this.#queue(url)
    const isLost = this.#lost === 'remove'
    this.#lost = null
    const outcomes = handles.map((handle, index) => {
      if (failing?.entries?.includes(index) === true) return new SqsFailure(failing.kind, failing.kind)
      const message = this.#held(queue, handle)
      if (message === null) return new SqsFailure('stale-handle', 'ReceiptHandleIsInvalid')
      queue.messages = queue.messages.filter((other) => other !== message)
      return null
    })
    if (!isLost) return outcomes
    await this.#clock.wait(ANSWER_WITHIN_MS, new AbortController().signal)
    throw new SqsFailure('unavailable', 'no answer')
  }

  async hide(url: string, hidings: readonly Hiding[]): Promise<Outcomes> {
    const failing = this.#fault('hide')
    if (hidings.length === 0 || hidings.length > 10) throw new Error(`a call with ${hidings.length} handles`)
    const queue = this.#queue(url)
    return hidings.map(({ handle, seconds }, index) => {
      if (failing?.entries?.includes(index) === true) return new SqsFailure(failing.kind, failing.kind)
      if (!Number.isInteger(seconds) || seconds < 0 || seconds > 43_200) throw new Error(`hidden for ${seconds} s`)
      const message = this.#held(queue, handle)
      if (message === null) return new SqsFailure('stale-handle', 'MessageNotInflight')
      const untilMs = this.#clock.now() + seconds * 1000
      if (untilMs > message.receivedAtMs + HOURS_12_MS) throw new Error('hidden for more than 12 hours')
      message.visibleAtMs = untilMs
      return null
    })
  }

  async find({ name, url }: { readonly name: string; readonly url: string | null }): Promise<QueueFacts | null> {
    this.#fault('find')
    const queue = this.queues.get(url ?? this.urlOf(name))
    if (queue === undefined) return null
    const visible = this.#visible(queue).length
    const counts = {
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(queue.messages.length - visible),
    }
    return { url: queue.url, attributes: { ...queue.attributes, ...counts } }
  }

  async create(name: string, attributes: Readonly<Record<string, string>>): Promise<string> {
    this.#fault('create')
    const url = this.urlOf(name)
    const deletedAtMs = this.#deleted.get(url)
    if (deletedAtMs !== undefined && this.#clock.now() - deletedAtMs < DELETED_LATELY_MS) {
      throw new SqsFailure('unavailable', 'QueueDeletedRecently: You must wait 60 seconds')
    }
    const QueueArn = `arn:aws:sqs:test:1:${name}`
    this.queues.set(url, { url, attributes: { ...attributes, QueueArn }, messages: [], taken: new Map() })
    return url
  }

  close(): void {
    // Nothing is open.
  }

  #queue(url: string): StrictQueue {
    const queue = this.queues.get(url)
    if (queue === undefined) throw new SqsFailure('no-queue', 'QueueDoesNotExist')
    return queue
  }

  #message(message: OutgoingMessage): StrictMessage {
    const order = ++this.#orders
    const sentAt = this.#clock.unix()
    const never = { receiveCount: 0, firstReceivedAt: 0, receivedAtMs: 0, visibleAtMs: 0, handle: null }
    return { ...message, id: `message-${order}`, order, sentAt, ...never }
  }

  #isNew({ taken }: StrictQueue, { deduplicationId }: OutgoingMessage): boolean {
    const nowMs = this.#clock.now()
    const takenAtMs = taken.get(deduplicationId)
    if (takenAtMs !== undefined && nowMs - takenAtMs < MINUTES_5_MS) return false
    taken.set(deduplicationId, nowMs)
    return true
  }

  /** A message of a FIFO queue waits for those before it in its group, and for all of it that are hidden. */
  #visible({ url, messages }: StrictQueue): readonly StrictMessage[] {
    const nowMs = this.#clock.now()
    const visible = messages.filter(({ visibleAtMs }) => visibleAtMs <= nowMs)
    if (!isFifo(url)) return visible
    const blocked = new Set(messages.filter(({ visibleAtMs }) => visibleAtMs > nowMs).map(({ group }) => group))
    return visible.filter(({ group }) => !blocked.has(group))
  }

  #received(message: StrictMessage, hiddenSeconds: number): IncomingMessage {
    const nowMs = this.#clock.now()
    message.receiveCount += 1
    if (message.receiveCount === 1) message.firstReceivedAt = this.#clock.unix()
    message.receivedAtMs = nowMs
    message.visibleAtMs = nowMs + hiddenSeconds * 1000
    message.handle = `handle-${++this.#handles}`
    const { id, handle, text, receiveCount, firstReceivedAt, sentAt } = message
    const attributes = new Map(
      Object.entries(message.attributes).map(([name, value]) => [
        name,
        'text' in value ? value.text : String(value.number),
      ]),
    )
    return { id, handle, text, attributes, receiveCount, firstReceivedAt, sentAt }
  }

  /** A handle is good until the message is received again, or visible. */
  #held({ messages }: StrictQueue, handle: string): StrictMessage | null {
    const nowMs = this.#clock.now()
    return messages.find((message) => message.handle === handle && message.visibleAtMs > nowMs) ?? null
  }

  #redrive(queue: StrictQueue): void {
    const policy = queue.attributes.RedrivePolicy
    if (policy === undefined) return
    const { deadLetterTargetArn: arn, maxReceiveCount: most } = JSON.parse(policy) as {
      deadLetterTargetArn: string
      maxReceiveCount: number
    }
    const letters = this.#queue(this.urlOf(arn.slice(arn.lastIndexOf(':') + 1)))
    const due = this.#visible(queue).filter(({ receiveCount }) => receiveCount >= most)
    queue.messages = queue.messages.filter((message) => !due.includes(message))
    letters.messages.push(...due)
  }

  /** @returns a fault of single messages; throws one of the whole call */
  #fault(call: Call): Fault | null {
    const fault = this.#faults.find((each) => each.call === call && each.times > 0)
    const inFlight = [...this.queues.values()].flatMap(({ messages }) => messages)
    if (
      call === 'receive' &&
      inFlight.filter(({ visibleAtMs }) => visibleAtMs > this.#clock.now()).length >= this.mostInFlight
    ) {
      throw new SqsFailure('throttled', 'OverLimit')
    }
    if (fault === undefined) return null
    fault.after -= 1
    if (fault.after >= 0) return null
    fault.times -= 1
    if (fault.entries === undefined) throw new SqsFailure(fault.kind, fault.message)
    return fault
  }
}

function isFifo(url: string): boolean {
  return url.endsWith('.fifo')
}
