import { parseArgs } from 'node:util'

/**
 * The flags that a thread is started with, or undefined to start it with those of the process.
 *
 * Not every flag of a process may be given to a thread: Node refuses those of V8, such as `--expose-gc`, which count for the whole
 * process anyway. And `--input-type` is for a program given by `--eval`, but Node applies it to the file of a thread too and refuses
 * the file. So a thread with flags of its own, or of such a process, gets of the process's only those that load modules beforehand.
 * @param own flags of the process
 * @param added flags of the threads alone
 */
export function threadFlags(own: readonly string[], added: readonly string[] | undefined): string[] | undefined {
  const isInherited = added === undefined && !own.some((flag) => flag.startsWith('--input-type'))
  return isInherited ? undefined : [...preloads(own), ...(added ?? [])]
}

function preloads(flags: readonly string[]): string[] {
  const { tokens } = parseArgs({
    args: [...flags],
    options: { import: { type: 'string' }, require: { type: 'string', short: 'r' } },
    strict: false,
    tokens: true,
  })
  return tokens.flatMap((token) =>
    token.kind === 'option' && (token.name === 'import' || token.name === 'require') && token.value !== undefined
      ? [`--${token.name}=${token.value}`]
      : [],
  )
}
