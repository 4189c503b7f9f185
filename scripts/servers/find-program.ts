import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The path of a program that `scripts/setup.mjs --services` installs. */
export function findProgram(name: string): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin']
  const program = folders.map((folder) => join(folder, name)).find(existsSync)
  if (program === undefined) throw new Error(`${name} is missing: run \`node scripts/setup.mjs --services\``)
  return program
}
