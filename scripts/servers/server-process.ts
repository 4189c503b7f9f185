import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { TemporaryFolder } from '../temporary-folder.js'

/** A server's process, to be ended in all the ways in which one ends. */
export interface ServerProcess {
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>
  /** Stops it from running without closing its connections. */
  pause(): void
  resume(): void
}

interface User {
  readonly uid: number
  readonly gid: number
}

/** Database servers refuse to run as root: they run as the user that their package made. */
export function unprivilegedUser(name: string): Partial<User> {
  if (process.getuid?.() !== 0) return {}
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  const [, , uid, gid] = (lines.find((line) => line.startsWith(`${name}:`)) ?? 'nobody:x:65534:65534').split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

export function giveTo({ uid, gid }: Partial<User>, path: string): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid)
}

export async function runOnce(program: string, args: readonly string[], user: Partial<User>): Promise<void> {
  await promisify(execFile)(program, args, { ...user, cwd: '/' })
}

/** Starts a server; its output goes to `server.log` of the folder. */
export function startProcess(
  program: string,
  args: readonly string[],
  user: Partial<User>,
  folder: TemporaryFolder,
): ServerProcess {
  const log = openSync(`${folder.path}/server.log`, 'a')
  const child: ChildProcess = spawn(program, args, { ...user, cwd: '/', stdio: ['ignore', log, log] })
  const exited = once(child, 'exit')
  // PostgreSQL's connections are processes of their own.
  const signal = (name: NodeJS.Signals): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    for (const pid of [child.pid, ...childrenOf(child.pid)]) send(pid, name)
  }
  return {
    async kill() {
      signal('SIGKILL')
      await exited
    },
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number)
}

/** The program's name, in parentheses, may hold blanks. */
function parentOf(pid: string): number | null {
  try {
    const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return Number(parent)
  } catch {
    return null
  }
}

/** One that has ended meanwhile needs no signal. */
function send(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
