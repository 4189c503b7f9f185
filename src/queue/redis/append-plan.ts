import type { Job } from '../job.js'
import { encodeHead } from './codec.js'

/** Jobs that go to Redis in one script, and bytes of their bodies: it holds up everybody else for as long as it runs. */
const MOST_JOBS = 1000
const MOST_BYTES = 1024 * 1024

/** Cuts jobs into parts that are stored one after the other. */
export function* partsOf(jobs: readonly Job[]): IterableIterator<readonly Job[]> {
  let part: Job[] = []
  let bytes = 0
  for (const job of jobs) {
    if (part.length === MOST_JOBS || (part.length > 0 && bytes + job.body.byteLength > MOST_BYTES)) {
      yield part
      part = []
      bytes = 0
    }
    part.push(job)
    bytes += job.body.byteLength
  }
  if (part.length > 0) yield part
}

/** Bodies are copied: a socket may still have a reference when the caller's memory is used for something else. */
export function argumentsOf(jobs: readonly Job[]): readonly Buffer[] {
  return jobs.flatMap(({ head, body }) => [encodeHead(head), Buffer.from(body)])
}
