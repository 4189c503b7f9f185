import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type TemporaryFolder, temporaryFolder } from '../../scripts/temporary-folder.js'
import { projectRoot } from './project-root.js'
import { type Ended, runProgram } from './run-program.js'

/** Signpost as its users get it: packed, and installed by npm in a folder outside the project. */
export interface InstalledPackage {
  readonly folder: TemporaryFolder
  /** Path of what `npm pack` made. */
  readonly tarball: string
  /** Names of the files in the tarball. */
  readonly files: readonly string[]
}

interface PackReport {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

/** Packs what is built; it does not build. */
export async function installPackage(): Promise<InstalledPackage> {
  const folder = temporaryFolder()
  const packArgs = ['pack', '--json', '--ignore-scripts', '--loglevel', 'error', '--pack-destination', folder.path]
  const report = JSON.parse(await succeed('npm', packArgs, projectRoot))
  const [packed] = report as readonly [PackReport]
  const tarball = join(folder.path, readdirSync(folder.path).find((name) => name.endsWith('.tgz')) ?? packed.filename)
  folder.write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  await succeed('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], folder.path)
  return { folder, tarball, files: packed.files.map(({ path }) => path) }
}

/** Runs a program that the project has installed for its development. */
export function runDevelopmentTool(name: string, args: readonly string[], cwd: string): Promise<Ended> {
  return runProgram(join(projectRoot, 'node_modules', '.bin', name), args, { cwd })
}

async function succeed(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { status, output } = await runProgram(program, args, { cwd })
  if (status !== 0) throw new Error(`${program} ${args[0]} ended with status ${status}: ${output}`)
  return output
}
