/** Gathers the type declarations that the package's entries name, directly or through others: what is internal is not published. */
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { root } from './command.mjs'

const compiled = join(root, 'dist', 'src')
const published = join(root, 'dist', 'types')
const reference = /(?:from|import\(|import)\s*['"](\.[^'"]+)\.js['"]/g

export function publishDeclarations() {
  rmSync(published, { recursive: true, force: true })
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const entries = Object.values(exports).flatMap(({ types }) => types ?? [])
  const wanted = entries.map((entry) => join(compiled, relative(published, join(root, entry))))
  for (const file of reachableFrom(wanted)) {
    const target = join(published, relative(compiled, file))
    mkdirSync(dirname(target), { recursive: true })
    copyFileSync(file, target)
  }
}

function reachableFrom(entries) {
  const reached = new Set(entries)
  // A set's loop comes to what is added meanwhile.
  for (const file of reached) {
    for (const [, path] of readFileSync(file, 'utf8').matchAll(reference))
      reached.add(resolve(dirname(file), `${path}.d.ts`))
  }
  return reached
}
