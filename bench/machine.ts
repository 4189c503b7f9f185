import { execFileSync } from 'node:child_process'
import { cpus, release, type as systemName, totalmem } from 'node:os'

/** What the figures depend on. */
export function machine(): { readonly machine: string; readonly node: string } {
  const [cpu] = cpus()
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  return {
    machine: `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${memory}, ${systemName()} ${release()}`,
    node: process.versions.node,
  }
}

/** The commit that is measured, with a plus sign when the tree has changes; `unknown` outside a repository. */
export function currentCommit(): string {
  try {
    const commit = git('rev-parse', '--short=10', 'HEAD')
    return git('status', '--porcelain') === '' ? commit : `${commit}+`
  } catch {
    return 'unknown'
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
}
