import type { LookupAddress } from 'node:dns'
import { readFileSync, statSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'

/** How long the file is taken to be as it was, in ms. */
const CHECK_MS = 1_000

/** Reads the text of a hosts file: the addresses of each name, by the name in lower case. */
export function parseHosts(text: string): Map<string, LookupAddress[]> {
  const hosts = new Map<string, LookupAddress[]>()
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    const family = isIP(address)
    if (family === 0) continue
    for (const name of names) {
      const key = name.toLowerCase()
      const known = hosts.get(key)
      if (known === undefined) hosts.set(key, [{ address, family }])
      else if (known.every((other) => other.address !== address)) known.push({ address, family })
    }
  }
  return hosts
}

/** Where this system keeps its hosts file. */
export function systemHostsFile(platform: NodeJS.Platform, { SystemRoot = 'C:\\Windows' }: NodeJS.ProcessEnv): string {
  if (platform !== 'win32') return '/etc/hosts'
  return join(SystemRoot, 'System32', 'drivers', 'etc', 'hosts')
}

/** The hosts file, read again when it has changed. */
export class HostsFile {
  #hosts: ReadonlyMap<string, readonly LookupAddress[]> = new Map()
  #version = ''
  #checkedAtMs = Number.NEGATIVE_INFINITY

  constructor(readonly path: string) {}

  /**
   * The addresses that the file gives the name, or null.
   * @param name in lower case, without a trailing dot
   * @param nowMs of a clock that never goes back
   */
  find(name: string, nowMs: number): readonly LookupAddress[] | null {
    if (nowMs - this.#checkedAtMs >= CHECK_MS) {
      this.#checkedAtMs = nowMs
      this.#check()
    }
    return this.#hosts.get(name) ?? null
  }

  /** A file that is not there, or may not be read, has no hosts: so the system's resolver takes it too. */
  #check(): void {
    try {
      const { mtimeMs, size } = statSync(this.path)
      const version = `${mtimeMs}/${size}`
      if (version === this.#version) return
      this.#hosts = parseHosts(readFileSync(this.path, 'utf8'))
      this.#version = version
    } catch {
      this.#hosts = new Map()
      this.#version = ''
    }
  }
}
