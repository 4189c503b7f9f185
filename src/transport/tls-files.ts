import { readFileSync, statSync } from 'node:fs'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { TlsConfig } from '../config/model.js'
import { codeOf, DeliveryError } from './http-errors.js'

/** How often a set of files is looked at, in ms. */
const CHECK_EVERY_MS = 1000
/** How long the files of a rotation may not fit together, in ms, before that is reported. */
const ROTATION_MS = 10_000

/** What is wrong with the path or the file; all else, such as a want of file descriptors, passes. */
const PATH_FAULTS = new Set(['EACCES', 'EISDIR', 'ELOOP', 'ENAMETOOLONG', 'ENOENT', 'ENOTDIR', 'EPERM'])

const LONGEST_PATH = 4096
/** What a base64 of a key begins with: DER's mark of a sequence. */
const BARE_KEY = /^M[A-Za-z0-9+/=\s]{63,}$/

/** A set of files as it was read once. */
export interface TlsMaterial {
  readonly context: SecureContext
  /** Another one for each reading. */
  readonly version: number
}

/**
 * One set of files, which is read again when it has changed. While the new files cannot be used the old ones stay in use: they are
 * replaced one after the other. After a while the fault is thrown, as one that may pass.
 */
export class TlsFiles {
  #material: TlsMaterial
  #stamp: string
  #checkedAtMs: number
  /** When files that cannot be used were seen first; null: those in use are the present ones. */
  #brokenSinceMs: number | null = null
  #fault: DeliveryError | null = null

  constructor(
    readonly tls: TlsConfig | null,
    nowMs: number,
  ) {
    refuseContents(tls)
    this.#stamp = stampOf(tls)
    this.#checkedAtMs = nowMs
    this.#material = { context: contextOf(tls), version: 1 }
  }

  /** What to use now. Looks at the files at most once a second. Throws a `DeliveryError` with the cause `tls`. */
  current(nowMs: number): TlsMaterial {
    if (this.tls !== null && nowMs - this.#checkedAtMs >= CHECK_EVERY_MS) this.read(nowMs)
    if (this.#fault !== null) throw this.#fault
    return this.#material
  }

  /** Looks at the files, and reads them if they have changed. */
  read(nowMs: number): void {
    this.#checkedAtMs = nowMs
    const stamp = stampOf(this.tls)
    try {
      if (stamp !== this.#stamp) {
        this.#material = { context: contextOf(this.tls), version: this.#material.version + 1 }
        this.#stamp = stamp
      }
      this.#brokenSinceMs = null
      this.#fault = null
    } catch (error) {
      this.#brokenSinceMs ??= nowMs
      if (nowMs - this.#brokenSinceMs >= ROTATION_MS) this.#fault = faultOf(error)
    }
  }
}

function faultOf(error: unknown): DeliveryError {
  const message = error instanceof Error ? error.message : String(error)
  return new DeliveryError('tls', `${message}; it has changed since it was read`, { cause: error })
}

function stampOf(tls: TlsConfig | null): string {
  return pathsOf(tls).map(fileStamp).join(' ')
}

function pathsOf(tls: TlsConfig | null): string[] {
  return tls === null ? [] : [tls.ca, tls.cert, tls.key].filter((path) => path !== null)
}

function fileStamp(path: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(path)
    return `${ino}:${mtimeMs}:${size}`
  } catch (error) {
    return error instanceof Error ? codeOf(error) : String(error)
  }
}

/** Where the key itself has been given instead of its path, what the file system says of it would show it. */
function refuseContents(tls: TlsConfig | null): void {
  for (const [name, path] of Object.entries(tls ?? {})) {
    if (typeof path !== 'string' || isPath(path)) continue
    const message = `tls.${name} of the webhook is not the path of a file: write the PEM text into a file and name that`
    throw new DeliveryError('configuration', message)
  }
}

function isPath(text: string): boolean {
  return !/[\0\r\n]|-----BEGIN/.test(text) && text.length <= LONGEST_PATH && !BARE_KEY.test(text)
}

function contextOf(tls: TlsConfig | null): SecureContext {
  if (tls === null) return createSecureContext()
  const material = { ...part('ca', tls.ca), ...part('cert', tls.cert), ...part('key', tls.key) }
  try {
    return createSecureContext(material)
  } catch (error) {
    const reason = error instanceof Error ? codeOf(error) : String(error)
    const paths = pathsOf(tls).join(', ')
    throw new DeliveryError('configuration', `the webhook's TLS files cannot be used together (${paths}): ${reason}`, {
      cause: error,
    })
  }
}

function part<Name extends keyof TlsConfig>(name: Name, path: string | null): { [Key in Name]?: Buffer } {
  if (path === null) return {}
  const single: { [Key in Name]?: Buffer } = {}
  try {
    single[name] = readFileSync(path)
  } catch (error) {
    const reason = error instanceof Error ? codeOf(error) : String(error)
    const failureCause = PATH_FAULTS.has(reason) ? 'configuration' : 'internal'
    throw new DeliveryError(failureCause, `tls.${name} of the webhook cannot be read: ${path} (${reason})`, {
      cause: error,
    })
  }
  return single
}
