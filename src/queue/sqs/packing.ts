import { MOST_SQS_BYTES, MOST_SQS_MESSAGES } from '../../config/sqs-limits.js'

interface Sized {
  readonly bytes: number
}

interface Grouped {
  readonly group: string
}

/** Cuts messages into calls: at most ten each, and 1 MiB together. A message that is larger than that is alone. */
export function* callsOf<Message extends Sized>(messages: Iterable<Message>): IterableIterator<readonly Message[]> {
  let call: Message[] = []
  let bytes = 0
  for (const message of messages) {
    if (call.length === MOST_SQS_MESSAGES || (call.length > 0 && bytes + message.bytes > MOST_SQS_BYTES)) {
      yield call
      call = []
      bytes = 0
    }
    call.push(message)
    bytes += message.bytes
  }
  if (call.length > 0) yield call
}

/**
 * Rounds in which each group has one message, in their order: a call may fail in part, and a message must not get past one before it of
 * the same group.
 */
export function roundsOf<Message extends Grouped>(messages: readonly Message[]): readonly (readonly Message[])[] {
  const rounds: Message[][] = []
  const seen = new Map<string, number>()
  for (const message of messages) {
    const round = seen.get(message.group) ?? 0
    seen.set(message.group, round + 1)
    const others = rounds[round]
    if (others === undefined) rounds.push([message])
    else others.push(message)
  }
  return rounds
}

/** Ten at a time. */
export function* tens<Item>(items: readonly Item[]): IterableIterator<readonly Item[]> {
  for (let at = 0; at < items.length; at += MOST_SQS_MESSAGES) yield items.slice(at, at + MOST_SQS_MESSAGES)
}
