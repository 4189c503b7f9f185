import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { temporaryFolder } from '../../../scripts/temporary-folder.js'
import type { LineTotals } from '../../../src/cli/run/line-tally.js'
import type { ConfigInput } from '../../../src/index.js'
import type { TestReceiver } from '../../../src/testing/index.js'
import { CLI } from '../../support/cli.js'
import { until } from '../../support/until.js'

/** A line of the program's log. */
export interface LogLine {
  readonly level: string
  readonly msg: string
  /** Of the exit line. */
  readonly lines?: LineTotals
  readonly [field: string]: unknown
}

export interface Ended {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
}

/** `signpost run` as a process, with a configuration of its own. */
export class RunProcess {
  readonly child: ChildProcessWithoutNullStreams
  readonly ended: Promise<Ended>
  readonly #log: Buffer[] = []
  readonly #folder: ReturnType<typeof temporaryFolder>

  constructor(config: ConfigInput, options: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#folder = temporaryFolder()
    const file = this.#folder.write('config.json', JSON.stringify(config))
    this.child = spawn(process.execPath, [CLI, 'run', file, ...options], {
      env: { PATH: process.env.PATH, HOME: this.#folder.path, ...environment },
    })
    this.child.stderr.on('data', (chunk: Buffer) => this.#log.push(chunk))
    // The program may end before it has read everything.
    this.child.stdin.on('error', () => undefined)
    this.ended = new Promise((resolve) => this.child.once('close', (status, signal) => resolve({ status, signal })))
  }

  get logText(): string {
    return Buffer.concat(this.#log).toString()
  }

  get log(): readonly LogLine[] {
    const [, ...complete] = this.logText.split('\n').reverse()
    return complete.reverse().map((line) => JSON.parse(line) as LogLine)
  }

  /** What it said at its end. */
  get exitLine(): LogLine {
    const line = this.log.findLast(({ msg }) => msg.startsWith('ended after'))
    if (line === undefined) throw new Error(`it has no exit line:\n${this.logText}`)
    return line
  }

  /** The first line with this in its message, once there is one. */
  async logged(part: string): Promise<LogLine> {
    let found: LogLine | undefined
    await until(() => {
      found = this.log.find(({ msg }) => msg.includes(part))
      if (found === undefined && this.child.exitCode !== null) throw new Error(`it has ended:\n${this.logText}`)
      return found !== undefined
    })
    if (found === undefined) throw new Error(`nothing was logged with ${part}`)
    return found
  }

  async url(path: string): Promise<string> {
    const { url } = await this.logged('health and metrics')
    return `${url}${path}`
  }

  /** Waits until it is ready to take events. */
  async started(): Promise<void> {
    await this.logged('started: ')
    const url = await this.url('/readyz')
    await until(async () => (await fetch(url)).ok)
  }

  configure(config: ConfigInput | string): void {
    this.#folder.write('config.json', typeof config === 'string' ? config : JSON.stringify(config))
  }

  async end(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
    this.#folder.remove()
  }
}

/** Runs a test with the program, and ends it whatever comes. */
export async function withRun(
  config: ConfigInput,
  options: readonly string[],
  run: (program: RunProcess) => Promise<void>,
  environment?: Readonly<Record<string, string>>,
): Promise<void> {
  const program = new RunProcess(
    { dispatcher: { shards: 1 }, ...config },
    ['--listen', '127.0.0.1:0', ...options],
    environment,
  )
  try {
    await run(program)
  } finally {
    await program.end()
  }
}

/** The line of an event. */
export function memberLine(user: string | number, app = 'app', padding = ''): string {
  return `${JSON.stringify({ app, name: 'member_added', channel: `presence-${padding}`, user_id: String(user) })}\n`
}

/** The users of the events that have been received, in that order. */
export function usersOf({ received }: TestReceiver): readonly string[] {
  return received.map((event) => ('user_id' in event ? String(event.user_id) : ''))
}
