import { createRequire } from 'node:module'
import type undici from 'undici'

/** What a `require` fails with where there is no such file, or a package does not let it be seen. */
const ABSENT = new Set<unknown>(['MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED'])

const require = createRequire(import.meta.url)

export type Client = undici.Client

/**
 * undici's client for one origin. Its index loads `fetch`, WebSocket, caches and mocks beside it: 3 MB of the heap of every thread, and a
 * third of the time that a thread takes to load. The file of the class is no part of undici's contract, so where it has moved the
 * whole is loaded after all.
 */
export const Client: typeof undici.Client = clientAlone() ?? require('undici').Client

function clientAlone(): typeof undici.Client | null {
  try {
    return require('undici/lib/dispatcher/client.js')
  } catch (error) {
    if (error instanceof Error && 'code' in error && ABSENT.has(error.code)) return null
    throw error
  }
}
