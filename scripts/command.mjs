import { spawn } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The project's root. */
export const root = join(import.meta.dirname, '..')

/**
 * Runs a program with its output passed through.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} its exit status; 127 if it could not be started, 128 + n if signal n ended it
 */
export function run(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options })
    child.once('error', (error) => {
      console.error(`${program}: ${error.message}`)
      resolve(127)
    })
    child.once('exit', (status, signal) => resolve(signal === null ? status : 128))
  })
}

/** Runs a program of an installed package, by the name of its command. */
export function runPackage(name, args, options) {
  return run(join(root, 'node_modules', '.bin', name), args, options)
}

/** The path of a program of the system, or null. Looks where services live too, which is on nobody's PATH but root's. */
export function findProgram(name) {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...['/usr/local/sbin', '/usr/sbin', '/sbin'],
    ...postgresqlFolders(),
  ]
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null
}

/** Debian has each version of PostgreSQL in a folder of its own. */
function postgresqlFolders() {
  const parent = '/usr/lib/postgresql'
  if (!existsSync(parent)) return []
  return readdirSync(parent).map((version) => join(parent, version, 'bin'))
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Whether `meta` belongs to the script that node was started with. */
export function isMain(meta) {
  return process.argv[1] === meta.filename
}
