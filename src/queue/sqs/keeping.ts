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

/** The endpoint that most messages in hand are for; null: there are none. */
export function fullestTarget(jobs: Iterable<SqsJob>): JobTarget | null {
  const counts = new Map<string, { readonly target: JobTarget; jobs: number }>()
  let fullest: { readonly target: JobTarget; jobs: number } | null = null
  for (const { head } of jobs) {
    const key = targetKey(head.target)
    const counted = counts.get(key) ?? { target: head.target, jobs: 0 }
    counted.jobs += 1
    counts.set(key, counted)
    if (fullest === null || counted.jobs > fullest.jobs) fullest = counted
  }
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
