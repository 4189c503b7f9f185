import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../scripts/free-port.js'
import { findProgram } from '../../scripts/servers/find-program.js'
import { type TemporaryFolder, temporaryFolder } from '../../scripts/temporary-folder.js'
import { until } from './until.js'

export interface NginxOptions {
  /** What stands in the `server` block after its `listen` lines; paths may be relative to `files`. */
  readonly server: string
  /** Files that the configuration names, by name: certificates, for instance. */
  readonly files?: Readonly<Record<string, string>>
  /** Parameters of `listen` beside the address: `ssl`, for instance. */
  readonly listen?: string
  /** What stands in the `http` block before the server: `log_format`, for instance. */
  readonly http?: string
}

export interface Nginx {
  readonly port: number
  /** The lines of the access log so far. */
  accessLog(): string[]
  errorLog(): string
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>
}

const startAttempts = 5

/** Starts an nginx of its own on 127.0.0.1 and ::1, and waits until it accepts connections. */
export async function startNginx(options: NginxOptions): Promise<Nginx> {
  for (let attempt = 1; ; attempt += 1) {
    const folder = temporaryFolder()
    try {
      return await startOn(await freePort(), folder, options)
    } catch (error) {
      folder.remove()
      if (attempt === startAttempts || !String(error).includes('Address already in use')) throw error
    }
  }
}

async function startOn(port: number, folder: TemporaryFolder, options: NginxOptions): Promise<Nginx> {
  for (const [name, text] of Object.entries(options.files ?? {})) folder.write(name, text)
  const config = folder.write('nginx.conf', configuration(port, options))
  const errorFile = folder.write('error.log', '')
  const accessFile = folder.write('access.log', '')
  const child = spawn(findProgram('nginx'), ['-p', folder.path, '-c', config, '-e', errorFile], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  await untilReady(child, folder)
  return {
    port,
    accessLog: () => readFileSync(accessFile, 'utf8').split('\n').slice(0, -1),
    errorLog: () => readFileSync(errorFile, 'utf8'),
    async stop() {
      child.kill('SIGTERM')
      await exited
      folder.remove()
    },
  }
}

/** nginx writes its pid file when its sockets listen. */
async function untilReady(child: ChildProcess, folder: TemporaryFolder): Promise<void> {
  const isListening = () => existsSync(join(folder.path, 'nginx.pid'))
  await until(() => isListening() || child.exitCode !== null)
  if (isListening()) return
  throw new Error(`nginx did not start: ${readFileSync(join(folder.path, 'error.log'), 'utf8')}`)
}

function configuration(port: number, { server, listen = '', http = '' }: NginxOptions): string {
  return `daemon off;
master_process off;
pid nginx.pid;
error_log error.log info;
events { worker_connections 256; }
http {
  access_log access.log;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  ${http}
  server {
    listen 127.0.0.1:${port} ${listen};
    listen [::1]:${port} ${listen};
    ${server}
  }
}
`
}
