import { MOST_SQS_BYTES, type SqsPlace, type SqsPlaces, sqsMessageBytes, sqsPlaces } from '../../config/sqs-limits.js'
import { QueueServerError } from '../errors.js'
import type { SqsStoreOptions } from './options.js'
import { type QueueFacts, SqsFailure, type SqsPort } from './port.js'

/** Messages that SQS itself moves to the dead letters: each pause is a receive. */
const MOST_RECEIVES = 1000
const RETENTION_SECONDS = 14 * 86_400

/** Where the messages go. */
export interface QueueUrls {
  readonly jobs: string
  readonly letters: string
}

export interface FoundQueues {
  readonly urls: QueueUrls
  /** What people should know of the queues. */
  readonly warnings: readonly string[]
}

type Needs = Pick<SqsStoreOptions, 'isFifo' | 'maxBodyBytes' | 'longestBudgetMs' | 'queueUrlPrefix'>

/**
 * Finds the queue and that of its dead letters, or creates what is not there.
 * @throws QueueServerError when the queue cannot take what would be sent; SqsFailure
 */
export async function findQueues(port: SqsPort, needs: Needs): Promise<FoundQueues> {
  const places = sqsPlaces(needs.queueUrlPrefix, needs.isFifo)
  const jobs = await port.find(places.jobs)
  const lettersAt = placeOfLetters(places, jobs)
  const letters = (await port.find(lettersAt)) ?? (await created(port, lettersAt, lettersAttributes(needs)))
  if (jobs === null) {
    const made = await createdForJobs(port, places.jobs, jobsAttributes(needs, letters))
    checkJobs(made, needs)
    return { urls: { jobs: made.url, letters: letters.url }, warnings: [`the queue ${places.jobs.name} was created`] }
  }
  checkJobs(jobs, needs)
  checkFifo(letters, needs)
  return { urls: { jobs: jobs.url, letters: letters.url }, warnings: warningsOf(jobs, letters, needs) }
}

/** Where the queue's own redrive policy sends what it gives up, if it has one. */
function placeOfLetters({ letters }: SqsPlaces, jobs: QueueFacts | null): SqsPlace {
  const arn = redriveOf(jobs)?.deadLetterTargetArn
  if (arn === undefined || jobs === null) return letters
  const name = arn.slice(arn.lastIndexOf(':') + 1)
  return { name, url: jobs.url.replace(/[^/]*$/, name) }
}

/** An SQS whose messages are smaller refuses the size of those of AWS. */
async function createdForJobs(
  port: SqsPort,
  place: SqsPlace,
  attributes: Readonly<Record<string, string>>,
): Promise<QueueFacts> {
  const { MaximumMessageSize: _, ...withoutSize } = attributes
  return created(port, place, attributes).catch((error: unknown) => {
    if (!(error instanceof SqsFailure) || !error.message.includes('MaximumMessageSize')) throw error
    return created(port, place, withoutSize)
  })
}

async function created(
  port: SqsPort,
  { name, url: wanted }: SqsPlace,
  attributes: Readonly<Record<string, string>>,
): Promise<QueueFacts> {
  const url = await port.create(name, attributes)
  if (wanted !== null && new URL(url).pathname !== new URL(wanted).pathname) {
    throw new QueueServerError(
      `there is no queue ${wanted}, and the one that was created instead is ${url}: queue.sqs.queue_url_prefix names another account`,
    )
  }
  const found = await port.find({ name, url })
  if (found === null) throw new QueueServerError(`the queue ${name} was created, but cannot be found`)
  return found
}

function lettersAttributes({ isFifo }: Needs): Readonly<Record<string, string>> {
  return { MessageRetentionPeriod: String(RETENTION_SECONDS), ...(isFifo ? { FifoQueue: 'true' } : {}) }
}

function jobsAttributes(needs: Needs, letters: QueueFacts): Readonly<Record<string, string>> {
  const arn = letters.attributes.QueueArn
  const policy = { deadLetterTargetArn: arn, maxReceiveCount: MOST_RECEIVES }
  return {
    ...lettersAttributes(needs),
    MaximumMessageSize: String(MOST_SQS_BYTES),
    ...(arn === undefined ? {} : { RedrivePolicy: JSON.stringify(policy) }),
  }
}

function checkJobs(jobs: QueueFacts, needs: Needs): void {
  checkFifo(jobs, needs)
  const most = numberOf(jobs, 'MaximumMessageSize')
  const needed = sqsMessageBytes(needs.maxBodyBytes)
  if (most === null || most >= needed) return
  throw new QueueServerError(
    `the queue ${nameOf(jobs)} takes messages of at most ${most} bytes, but a batch may need ${needed}: raise its MaximumMessageSize, or lower webhooks.batching.max_bytes`,
  )
}

function checkFifo(queue: QueueFacts, { isFifo }: Needs): void {
  const is = queue.attributes.FifoQueue === 'true'
  if (is === isFifo) return
  throw new QueueServerError(
    `the queue ${nameOf(queue)} is ${is ? 'a FIFO queue' : 'a standard queue'}, but queue.sqs.fifo is ${isFifo}`,
  )
}

function warningsOf(jobs: QueueFacts, letters: QueueFacts, { longestBudgetMs }: Needs): readonly string[] {
  const warnings: string[] = []
  const retention = numberOf(jobs, 'MessageRetentionPeriod')
  if (retention !== null && retention * 1000 < longestBudgetMs) {
    warnings.push(
      `the queue ${nameOf(jobs)} keeps a message for ${retention} s, but a batch may be retried for ${longestBudgetMs / 1000} s: what is older is lost; raise its MessageRetentionPeriod`,
    )
  }
  const lettersRetention = numberOf(letters, 'MessageRetentionPeriod')
  if (retention !== null && lettersRetention !== null && lettersRetention < retention) {
    warnings.push(`the queue ${nameOf(letters)} keeps dead letters for ${lettersRetention} s only`)
  }
  const most = redriveOf(jobs)?.maxReceiveCount
  if (most !== undefined && most < MOST_RECEIVES) {
    warnings.push(
      `the queue ${nameOf(jobs)} gives up a message after ${most} receives, and each pause counts as one: set its maxReceiveCount to ${MOST_RECEIVES}`,
    )
  }
  if (numberOf(jobs, 'DelaySeconds') !== 0 && numberOf(jobs, 'DelaySeconds') !== null) {
    warnings.push(`the queue ${nameOf(jobs)} delays each message: set its DelaySeconds to 0`)
  }
  return warnings
}

interface Redrive {
  readonly deadLetterTargetArn: string | undefined
  readonly maxReceiveCount: number | undefined
}

function redriveOf(queue: QueueFacts | null): Redrive | null {
  const policy = queue?.attributes.RedrivePolicy
  if (policy === undefined || policy === '') return null
  try {
    const { deadLetterTargetArn: arn, maxReceiveCount: most } = JSON.parse(policy) as Record<string, unknown>
    return {
      deadLetterTargetArn: typeof arn === 'string' ? arn : undefined,
      maxReceiveCount: most === undefined ? undefined : Number(most),
    }
  } catch {
    return null
  }
}

/** What SQS does not say is not known: not every SQS is that of AWS. */
function numberOf({ attributes }: QueueFacts, name: string): number | null {
  const value = attributes[name]
  return value === undefined || !/^\d+$/.test(value) ? null : Number(value)
}

export function nameOf({ url }: Pick<QueueFacts, 'url'>): string {
  return url.slice(url.lastIndexOf('/') + 1)
}
