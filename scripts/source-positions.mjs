/**
 * Positions in compiled files, as positions in their sources. Node does this itself with `--enable-source-maps`, but then each process reads the
 * maps of all modules that it loads; here only those of a failure are read.
 */
import { existsSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { dirname, resolve } from 'node:path'

const compiled = /(?:file:\/\/)?(\/[^\s:()'"]+\.c?js):(\d+):(\d+)/g

/** @param {string} output with stack traces */
export function withSourcePositions(output) {
  return output.replace(compiled, (position, file, line, column) => {
    const map = `${file}.map`
    if (!existsSync(map)) return position
    const { originalSource, originalLine, originalColumn } = new SourceMap(
      JSON.parse(readFileSync(map, 'utf8')),
    ).findEntry(line - 1, column - 1)
    if (originalSource === undefined) return position
    return `${resolve(dirname(file), originalSource)}:${originalLine + 1}:${originalColumn + 1}`
  })
}
