import type { RecordWithTtl } from 'node:dns'
import { Resolver } from 'node:dns'
import { type Answer, type Answered, answerOfError, cancelled, type NameSource } from './answer.js'

export interface NameServerTimes {
  /** How long the first try at a name server may take, in ms; c-ares doubles it at each further round. */
  readonly timeoutMs: number
  readonly tries: number
  /** How long all tries at all name servers may take together, in ms. */
  readonly deadlineMs: number
  /** How long the addresses of one family wait for those of the other, in ms (RFC 8305 3). */
  readonly graceMs: number
}

export const NAME_SERVER_TIMES: NameServerTimes = { timeoutMs: 1_000, tries: 3, deadlineMs: 5_000, graceMs: 50 }

/**
 * Asks the name servers for both families at once, by c-ares: that takes a UDP socket, and none of the threads that Node
 * shares among all `dns.lookup`s of the process.
 * @param servers as `resolver.setServers` takes them; null: those of the system
 */
export function nameServers(servers: readonly string[] | null, times: NameServerTimes): NameSource {
  return (name, answered) => {
    const question = new Question(name, servers, times, answered)
    return () => question.end(cancelled())
  }
}

/** A resolver of its own for each: only all questions of a resolver can be cancelled, and a new one reads the system's list of name servers. */
class Question {
  #resolver: Resolver | null
  #first: Answer | null = null
  #grace: NodeJS.Timeout | undefined
  readonly #deadline: NodeJS.Timeout

  constructor(
    name: string,
    servers: readonly string[] | null,
    readonly times: NameServerTimes,
    readonly answered: Answered,
  ) {
    const resolver = new Resolver({ timeout: times.timeoutMs, tries: times.tries })
    if (servers !== null) resolver.setServers(servers)
    this.#resolver = resolver
    this.#deadline = setTimeout(() => this.#timeOut(), times.deadlineMs)
    ask(name, 4, resolver.resolve4.bind(resolver), (answer) => this.#received(answer))
    ask(name, 6, resolver.resolve6.bind(resolver), (answer) => this.#received(answer))
  }

  end(answer: Answer): void {
    const resolver = this.#resolver
    if (resolver === null) return
    this.#resolver = null
    clearTimeout(this.#deadline)
    clearTimeout(this.#grace)
    resolver.cancel()
    this.answered(answer)
  }

  #timeOut(): void {
    const silence = answerOfError('ETIMEOUT')
    this.end(this.#first === null ? silence : joined(this.#first, silence))
  }

  #received(answer: Answer): void {
    if (this.#resolver === null) return
    if (this.#first !== null) {
      this.end(joined(this.#first, answer))
      return
    }
    this.#first = answer
    if (answer.kind === 'found') this.#grace = setTimeout(() => this.end(answer), this.times.graceMs)
  }
}

type Resolve = (
  name: string,
  options: { ttl: true },
  callback: (error: NodeJS.ErrnoException | null, records: RecordWithTtl[]) => void,
) => void

function ask(name: string, family: 4 | 6, resolve: Resolve, answered: Answered): void {
  try {
    resolve(name, { ttl: true }, (error, records) => {
      if (error !== null) answered(answerOfError(error.code ?? error.name))
      else answered(found(records, family))
    })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'EBADNAME'
    queueMicrotask(() => answered(answerOfError(code)))
  }
}

function found(records: readonly RecordWithTtl[], family: 4 | 6): Answer {
  if (records.length === 0) return answerOfError('ENODATA')
  const addresses = records.map(({ address }) => ({ address, family }))
  return { kind: 'found', addresses, ttlMs: Math.min(...records.map(({ ttl }) => ttl)) * 1000 }
}

/** What two answers, one for each family, say about the name. */
export function joined(one: Answer, other: Answer): Answer {
  if (one.kind === 'found' && other.kind === 'found') {
    const ttlMs = Math.min(one.ttlMs, other.ttlMs)
    return { kind: 'found', addresses: [...one.addresses, ...other.addresses], ttlMs }
  }
  const byWeight = [one, other].sort((left, right) => WEIGHT[left.kind] - WEIGHT[right.kind])
  return byWeight[0] ?? one
}

/** An address counts more than a failure, and a failure more than "none": the other family may have been there. */
const WEIGHT: Readonly<Record<Answer['kind'], number>> = { found: 0, failed: 1, absent: 2 }
