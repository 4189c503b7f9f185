import { within } from '../time/within.js'

/** How long a source waits, in ms. */
export interface SourceLimits {
  /** For a connection. */
  readonly connectMs: number
  /** For the answer to one question. */
  readonly answerMs: number
}

export const DEFAULT_LIMITS: SourceLimits = { connectMs: 5000, answerMs: 10_000 }

/** There was no answer in time: what was asked may still be busy with it. */
export class NoAnswerError extends Error {
  override name = 'NoAnswerError'

  constructor(limitMs: number) {
    super(`no answer within ${limitMs} ms`)
  }
}

/** Rejects when there is no answer in time. What the answer becomes later is nobody's business. */
export async function answered<T>(answer: Promise<T>, limitMs: number): Promise<T> {
  if (await within(answer, limitMs)) return answer
  throw new NoAnswerError(limitMs)
}
