/** A place in a text, both counted from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

export function positionOf(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split('\n')
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 }
}

/** Where `position` is in a text, in UTF-16 units from its start. */
export function offsetOf(text: string, { line, column }: Position): number {
  let start = 0
  for (let number = 1; number < line; number++) start = text.indexOf('\n', start) + 1
  return start + column - 1
}
