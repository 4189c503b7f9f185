import type { JobTarget } from '../job.js'
import type { SqsJob } from './sqs-job.js'
import { nextStep } from './visibility.js'

/** What is due for the messages in hand. */
export interface Due {
  /** To be hidden for so long from now. */
  readonly renewals: readonly { readonly job: SqsJob; readonly seconds: number }[]
  /** Their twelve hours are nearly over. */
  readonly expiring: readonly SqsJob[]
}

/** @param timeoutMs how long a message is hidden by one call */
export function dueOf(jobs: Iterable<SqsJob>, timeoutMs: number, nowMs: number): Due {
  const renewals: { job: SqsJob; seconds: number }[] = []
  const expiring: SqsJob[] = []
  for (const job of jobs) {
    const step = nextStep({ receivedAtMs: job.receivedAtMs, untilMs: job.hiddenUntilMs }, timeoutMs, nowMs)
    if (step.kind === 'renew') renewals.push({ job, seconds: step.seconds })
    else if (step.kind === 'replace') expiring.push(job)
  }
  return { renewals, expiring }
}

/** The part of a hiding that no attempt begins in. */
const SAFE_PART = 0.1

/** Until when attempts may begin so that no other process has their messages by then. */
export function safeUntilMs(jobs: Iterable<SqsJob>, timeoutMs: number): number {
  let untilMs = Number.POSITIVE_INFINITY
  for (const { hiddenUntilMs } of jobs) untilMs = Math.min(untilMs, hiddenUntilMs)
  return untilMs - timeoutMs * SAFE_PART
}

/** How many batches of each endpoint are in hand and in no arena. */
export function unreadByTarget(jobs: Iterable<SqsJob>): ReadonlyMap<string, Unread> {
  const counts = new Map<string, Unread>()
  for (const { head, isRead } of jobs) {
    if (isRead) continue
    const key = targetKey(head.target)
    const { jobs: before } = counts.get(key) ?? { jobs: 0 }
    counts.set(key, { target: head.target, jobs: before + 1 })
  }
  return counts
}

export interface Unread {
  readonly target: JobTarget
  readonly jobs: number
}

/** The endpoint of which most of them are; null: there are none. */
export function fullestOf(counts: ReadonlyMap<string, Unread>): JobTarget | null {
  let fullest: Unread | null = null
  for (const unread of counts.values()) if (fullest === null || unread.jobs > fullest.jobs) fullest = unread
  return fullest?.target ?? null
}

/** An endpoint of which no batch in hand is tried soon. */
export interface Resting {
  readonly target: JobTarget
  /** How long until the first of them is, in ms. */
  readonly forMs: number
}

/** @param longMs how long a pause is for which the arena is left; @param unixMs the time */
export function restingOf(jobs: Iterable<SqsJob>, longMs: number, unixMs: number): readonly Resting[] {
  const soonest = new Map<string, Resting>()
  for (const { head } of jobs) {
    const key = targetKey(head.target)
    const forMs = Math.min(head.nextAt - unixMs, soonest.get(key)?.forMs ?? Number.POSITIVE_INFINITY)
    soonest.set(key, { target: head.target, forMs })
  }
  return [...soonest.values()].filter(({ forMs }) => forMs > longMs)
}

export function targetKey({ app, endpoint }: JobTarget): string {
  return JSON.stringify([app, endpoint])
}
