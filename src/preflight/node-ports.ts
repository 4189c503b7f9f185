import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from '../config/environment-values.js'
import { isInstalled, isResolvable } from '../load-package.js'
import type { PreflightPorts, Server } from './ports.js'

const CONNECT_TIMEOUT_MS = 5000

/** The machine that Signpost runs on. @param connects whether servers are connected to */
export function nodePorts(environment: Environment, { connects }: { connects: boolean }): PreflightPorts {
  return {
    readFile: (path) => readFile(path),
    hasPackage: (name) => isInstalled(name) || isResolvable(name),
    awsRegion: () => awsRegion(environment),
    connect: connects ? connectOnce : null,
  }
}

/** As the AWS SDK for JavaScript looks for it: the environment, else the profile in the shared files. */
async function awsRegion(environment: Environment): Promise<string | null> {
  if (environment.AWS_REGION) return environment.AWS_REGION
  const folder = join(environment.HOME ?? homedir(), '.aws')
  const profile = environment.AWS_PROFILE || 'default'
  const files = [
    {
      path: environment.AWS_CONFIG_FILE || join(folder, 'config'),
      header: profile === 'default' ? profile : `profile ${profile}`,
    },
    { path: environment.AWS_SHARED_CREDENTIALS_FILE || join(folder, 'credentials'), header: profile },
  ]
  for (const { path, header } of files) {
    const region = regionIn(await textOf(path), header)
    if (region !== null) return region
  }
  return null
}

/** '' when there is no such file, which is usual. */
async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}

function regionIn(text: string, header: string): string | null {
  let isWanted = false
  for (const line of text.split('\n')) {
    const [, section] = /^\s*\[([^\]]*)\]/.exec(line) ?? []
    if (section !== undefined) isWanted = section.trim() === header
    const [, region] = (isWanted && /^\s*region\s*=\s*(\S+)/.exec(line)) || []
    if (region !== undefined) return region
  }
  return null
}

function connectOnce({ host, port }: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS })
    socket.once('connect', () => {
      socket.destroy()
      resolve()
    })
    socket.once('timeout', () => socket.destroy(new Error(`no answer within ${CONNECT_TIMEOUT_MS} ms`)))
    socket.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(error.code ?? error.message, { cause: error })),
    )
  })
}
