/** The most bytes of one message of SQS, and of all messages of one call together. */
export const MOST_SQS_BYTES = 1024 * 1024

/** The most messages of one call. */
export const MOST_SQS_MESSAGES = 10

/** Bytes that a message may have beside its body: the head of its batch, with the ids of app and webhook. */
export const SQS_HEAD_BYTES = 16 * 1024

/** A renewal at half time needs this long to arrive, in seconds. */
export const SHORTEST_SQS_VISIBILITY_SECONDS = 2

const NAME = 'signpost'
const FIFO_SUFFIX = '.fifo'
const LETTERS_SUFFIX = '-dead-letters'

/** Bytes of the largest message for a body: what SQS would refuse as text is sent as base64. */
export function sqsMessageBytes(bodyBytes: number): number {
  return Math.ceil(bodyBytes / 3) * 4 + SQS_HEAD_BYTES
}

/** The largest body that fits into a message whatever it holds. */
export const MOST_SQS_BODY_BYTES = Math.floor((MOST_SQS_BYTES - SQS_HEAD_BYTES) / 4) * 3

/** Where the queue and its dead letters are: names, and URLs where the configuration says what they start with. */
export interface SqsPlace {
  readonly name: string
  readonly url: string | null
}

export interface SqsPlaces {
  readonly jobs: SqsPlace
  readonly letters: SqsPlace
}

/** @param urlPrefix what the URLs start with; what follows its last slash begins the names */
export function sqsPlaces(urlPrefix: string | null, isFifo: boolean): SqsPlaces {
  const suffix = isFifo ? FIFO_SUFFIX : ''
  const namePrefix = urlPrefix === null ? '' : urlPrefix.slice(urlPrefix.lastIndexOf('/') + 1)
  const place = (name: string): SqsPlace => ({
    name: `${namePrefix}${name}`,
    url: urlPrefix === null ? null : `${urlPrefix}${name}`,
  })
  return { jobs: place(`${NAME}${suffix}`), letters: place(`${NAME}${LETTERS_SUFFIX}${suffix}`) }
}

/** Whether SQS takes it as the name of a queue. */
export function isSqsName(name: string): boolean {
  return name.length <= 80 && /^[\w-]+(?:\.fifo)?$/.test(name)
}
