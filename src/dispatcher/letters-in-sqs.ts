import type { QueueConfig } from '../config/model.js'
import { sqsPlaces } from '../config/sqs-limits.js'
import { SignpostError } from '../errors.js'

/** Why dead letters in SQS can be neither replayed nor purged from here; null: they are elsewhere. */
export function lettersRefusal({ driver, sqs }: QueueConfig): SignpostError | null {
  if (driver !== 'sqs') return null
  const { jobs, letters } = sqsPlaces(sqs.queueUrlPrefix, sqs.fifo)
  return new SignpostError(
    'DEAD_LETTERS_IN_SQS',
    `SQS cannot select messages, so dead letters in it are neither replayed nor purged from here; use "aws sqs start-message-move-task" from ${letters.name} to ${jobs.name} to replay all, "aws sqs purge-queue" to purge all, or the AWS console for single ones`,
  )
}
