import { createHash } from 'node:crypto'
import { jobIdText } from '../../arena/job-id.js'
import type { JobHead, JobTarget } from '../job.js'

/** The message group of an endpoint. Ids of apps and webhooks may have characters that SQS does not take in a group's name. */
export function groupOf({ app, endpoint }: JobTarget): string {
  return createHash('sha256')
    .update(JSON.stringify([app, endpoint]))
    .digest('base64url')
}

/** Tells a replay and a copy from what SQS has taken before within five minutes. */
export function deduplicationIdOf({ id, life }: JobHead, copy: number): string {
  return `${jobIdText(id)}:${life}:${copy}`
}
