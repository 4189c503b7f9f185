import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A Redis of one's own, with nothing on disk. */
export class RedisProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** The path of its socket. */
    readonly path: string,
  ) {}

  /**
   * Rejects when there is no redis-server, or when it ends before it takes connections.
   * @param port of 127.0.0.1, beside its socket; 0: none
   */
  static async start(port = 0): Promise<RedisProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'signpost-redis-'))
    const path = join(folder, 'redis.sock')
    const settings = {
      port: String(port),
      bind: '127.0.0.1',
      unixsocket: path,
      dir: folder,
      save: '',
      appendonly: 'no',
      daemonize: 'no',
      'maxmemory-policy': 'noeviction',
    }
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

  /** CPU time of the thread that serves commands, in ns. */
  cpuNs(): number {
    const [ns = '0'] = readFileSync(`/proc/${this.child.pid}/schedstat`, 'utf8').split(' ')
    return Number(ns)
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
