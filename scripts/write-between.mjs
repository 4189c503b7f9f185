import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './command.mjs'

/** Puts what was generated between the markers `name:start` and `name:end` of a page. */
export function writeBetween(page, name, generated) {
  const file = join(root, page)
  const text = readFileSync(file, 'utf8')
  const start = `<!-- ${name}:start -->`
  const from = text.indexOf(start)
  const to = text.indexOf(`<!-- ${name}:end -->`, from)
  if (from === -1 || to === -1) throw new Error(`${page} lacks the markers of ${name}`)
  const wanted = `${text.slice(0, from + start.length)}\n\n${generated}\n\n${text.slice(to)}`
  if (wanted !== text) writeFileSync(file, wanted)
}
