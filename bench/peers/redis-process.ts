import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A Redis of one's own: nothing on disk, and no port, so that it is in nobody's way. */
export class RedisProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** The path of its socket. */
    readonly path: string,
  ) {}

  /** Rejects when there is no redis-server, or when it ends before it takes connections. */
  static async start(): Promise<RedisProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'signpost-redis-'))
    const path = join(folder, 'redis.sock')
    const settings = { port: '0', unixsocket: path, dir: folder, save: '', appendonly: 'no', daemonize: 'no' }
    const child = spawn(
      'redis-server',
      Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    try {
      await ready(child)
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
    return new RedisProcess(child, folder, path)
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit')
    this.child.kill()
    await exited
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new Error('redis-server is missing (Debian: redis-server)', { cause })))
    child.once('exit', (status) => reject(new Error(`redis-server ended with status ${status}`)))
    if (child.stdout === null) return
    createInterface(child.stdout).on('line', (line) => {
      if (/ready to accept connections/i.test(line)) resolve()
    })
  })
}
