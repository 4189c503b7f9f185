import type { Answer, Answered, Cancel, NameSource } from '../../src/names/answer.js'
import { cancelled } from '../../src/names/answer.js'

export interface AskedQuestion {
  readonly name: string
  /** Whether the asker gave it up. */
  isCancelled: boolean
  /** Does nothing the second time. */
  answer(answer: Answer): void
}

export interface FakeSource {
  readonly source: NameSource
  /** All questions so far. */
  readonly asked: readonly AskedQuestion[]
  /** Those that have got no answer. */
  open(): AskedQuestion[]
}

/** A source that answers when the test says so; a cancelled question is answered at once. */
export function fakeSource(): FakeSource {
  const asked: AskedQuestion[] = []
  const open = new Set<AskedQuestion>()
  const source: NameSource = (name, answered) => {
    const question = ask(name, answered, open)
    asked.push(question)
    return cancelOf(question)
  }
  return { source, asked, open: () => [...open] }
}

function ask(name: string, answered: Answered, open: Set<AskedQuestion>): AskedQuestion {
  const question: AskedQuestion = {
    name,
    isCancelled: false,
    answer: (answer) => {
      if (open.delete(question)) answered(answer)
    },
  }
  open.add(question)
  return question
}

function cancelOf(question: AskedQuestion): Cancel {
  return () => {
    question.isCancelled = true
    question.answer(cancelled())
  }
}

export function found(address = '192.0.2.1', ttlMs = 60_000): Answer {
  return { kind: 'found', addresses: [{ address, family: 4 }], ttlMs }
}
