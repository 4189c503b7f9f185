import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Build } from './line-up.js'
import { UsageError } from './options.js'

/** What measures is taken from this tree, so that both revisions run under the same harness. */
const HARNESS = [
  'bench',
  'scripts/app-databases',
  'scripts/certificate.ts',
  'scripts/counting-process.ts',
  'scripts/free-port.ts',
  'scripts/reporting-process.ts',
  'scripts/servers',
  'scripts/temporary-folder.ts',
  'src/cli/load/request-reader.ts',
  'src/cli/load/sink.ts',
]
const LOCK = 'package-lock.json'
/** What a build must have made to be measured. */
const ENTRY = join('bench', 'measurement.js')

/**
 * Builds another revision under `.cache/`, with this tree's harness. Its packages are those of this tree unless its lockfile is
 * another one: then they are installed for it.
 * @throws UsageError when there is no such revision
 */
export async function buildRevision(revision: string): Promise<Build> {
  const commit = resolve(revision)
  const label = commit.slice(0, 10)
  const folder = join(process.cwd(), '.cache', `bench-${label}`)
  console.log(`building ${revision} (${label})`)
  if (!existsSync(join(folder, 'package.json'))) checkOut(commit, folder)
  for (const path of HARNESS) {
    rmSync(join(folder, path), { recursive: true, force: true })
    cpSync(path, join(folder, path), { recursive: true, filter: (source) => source !== join('bench', 'results') })
  }
  installPackages(folder)
  compile(folder)
  bundle(folder)
  return { label, folder: join(folder, 'dist') }
}

function resolve(revision: string): string {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`])
  if (status !== 0) throw new UsageError(`git knows no revision ${JSON.stringify(revision)}`)
  return stdout.toString().trim()
}

/** From an archive rather than as a worktree, so that the repository stays as it is. */
function checkOut(commit: string, folder: string): void {
  const archive = execFileSync('git', ['archive', '--format=tar', commit], { maxBuffer: 2 ** 30 })
  mkdirSync(folder, { recursive: true })
  execFileSync('tar', ['-x', '-C', folder], { input: archive })
}

function installPackages(folder: string): void {
  const packages = join(folder, 'node_modules')
  if (existsSync(packages)) return
  if (readFileSync(LOCK, 'utf8') === readFileSync(join(folder, LOCK), 'utf8')) {
    symlinkSync(join(process.cwd(), 'node_modules'), packages)
    return
  }
  execFileSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' })
}

/** Type errors are to be expected where this harness meets another API; what does not run then says so when it is measured. */
function compile(folder: string): void {
  const outDir = join(folder, 'dist')
  rmSync(outDir, { recursive: true, force: true })
  const compiler = join('node_modules', '.bin', 'tsc')
  const { stdout } = spawnSync(compiler, ['--project', folder, '--outDir', outDir, '--incremental', 'false'])
  if (!existsSync(join(outDir, ENTRY))) throw new Error(`the build of ${folder} failed:\n${stdout.toString()}`)
}

/** Revisions from before there was a bundle are measured as they were compiled (`published.ts`). */
function bundle(folder: string): void {
  const bundler = join(folder, 'scripts', 'bundle.mjs')
  if (!existsSync(bundler)) return
  const script = `const { bundle } = await import(${JSON.stringify(pathToFileURL(bundler).href)}); process.exit(await bundle() ? 0 : 1)`
  execFileSync(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'inherit' })
}
