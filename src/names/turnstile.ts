import { type Answered, type Cancel, cancelled, type NameSource } from './answer.js'

export interface TurnstileLimits {
  /** The most questions at once. */
  readonly atOnce: number
  /** How many of them may be about suspects. */
  readonly suspectsAtOnce: number
}

interface Question {
  readonly name: string
  readonly answered: Answered
  readonly isSuspect: boolean
  /** Null while it waits for its turn. */
  giveUp: Cancel | null
}

/**
 * Lets a bounded number of questions through to a source at once; the others wait in turn. Suspects, names whose last question
 * failed, wait apart and get a part of the places only: names that nobody answers for would hold all of them otherwise.
 */
export class Turnstile {
  readonly #waiting = new Set<Question>()
  readonly #suspects = new Set<Question>()
  #underWay = 0
  #suspectsUnderWay = 0

  constructor(
    readonly source: NameSource,
    readonly limits: TurnstileLimits,
    readonly isSuspect: (name: string) => boolean,
  ) {}

  /** A `NameSource`. */
  ask(name: string, answered: Answered): Cancel {
    const question: Question = { name, answered, isSuspect: this.isSuspect(name), giveUp: null }
    this.#queueOf(question).add(question)
    this.#admit()
    return () => {
      if (question.giveUp !== null) question.giveUp()
      else if (this.#queueOf(question).delete(question)) answered(cancelled())
    }
  }

  #queueOf({ isSuspect }: Question): Set<Question> {
    return isSuspect ? this.#suspects : this.#waiting
  }

  #admit(): void {
    while (this.#underWay < this.limits.atOnce) {
      const question = this.#next()
      if (question === undefined) return
      this.#queueOf(question).delete(question)
      this.#count(question, 1)
      question.giveUp = this.source(question.name, (answer) => {
        this.#count(question, -1)
        question.answered(answer)
        this.#admit()
      })
    }
  }

  #next(): Question | undefined {
    const [first] = this.#waiting
    if (first !== undefined || this.#suspectsUnderWay >= this.limits.suspectsAtOnce) return first
    const [suspect] = this.#suspects
    return suspect
  }

  #count({ isSuspect }: Question, by: number): void {
    this.#underWay += by
    if (isSuspect) this.#suspectsUnderWay += by
  }
}
