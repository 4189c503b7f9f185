/** What Redis has answered, as what it is expected to be. @throws Error when it is something else */
export function listOf(answer: unknown): readonly unknown[] {
  if (!Array.isArray(answer)) throw new Error(`Redis answered ${typeof answer} where a list was expected`)
  return answer
}

export function textOf(answer: unknown): string {
  if (typeof answer === 'string') return answer
  if (Buffer.isBuffer(answer)) return answer.toString()
  if (typeof answer === 'number') return String(answer)
  throw new Error(`Redis answered ${answer === null ? 'null' : typeof answer} where a string was expected`)
}

export function bytesOf(answer: unknown): Buffer {
  if (Buffer.isBuffer(answer)) return answer
  throw new Error(`Redis answered ${answer === null ? 'null' : typeof answer} where bytes were expected`)
}

/** The stream id after this one. */
export function idAfter(id: string): string {
  const [ms = '0', number = '0'] = id.split('-')
  return `${ms}-${BigInt(number) + 1n}`
}
