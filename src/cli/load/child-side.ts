/**
 * Answers every message of the parent with one of its own, in order. The process ends with its parent; the terminal's Ctrl-C
 * is the parent's to act on.
 */
export function answerRequests<Request, Answer>(answer: (request: Request) => Promise<Answer>): void {
  let answered: Promise<unknown> = Promise.resolve()
  process.on('message', (request: Request) => {
    answered = answered
      .then(() => answer(request))
      .then((message) => process.send?.(message))
      .catch((error: unknown) => {
        console.error(error)
        process.exit(1)
      })
  })
  process.on('disconnect', () => process.exit())
  process.on('SIGINT', () => undefined)
}
