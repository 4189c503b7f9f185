import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync, symlinkSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'

/** What fits into `sockaddr_un` with its final zero: 108 bytes on Linux, 104 on macOS and the BSDs. libuv cuts off the rest without a word. */
const LONGEST_PATH_BYTES = process.platform === 'linux' ? 107 : 103
const DESCRIPTORS = '/proc/self/fd'
/** Not the folder of `TMPDIR`: that of macOS is half as long as the limit. */
const LINKS = '/tmp'

/** How a folder with a long path gets a short one. */
export type Shortening = 'descriptor' | 'link'

/**
 * Calls `use` with a path of that file that a socket can have. The socket has to lie in the root itself, since that may be all that two
 * containers share. So a long path is not replaced by a place elsewhere but by a short way to the same folder: through an open
 * descriptor where the system shows them as folders (Linux), else through a symbolic link in /tmp. Both are needed only while a
 * socket is bound or connected to.
 *
 * @param name at most 60 bytes
 */
export async function withShortPath<Result>(
  folder: string,
  name: string,
  use: (path: string) => Promise<Result>,
  shortening: Shortening = existsSync(DESCRIPTORS) ? 'descriptor' : 'link',
): Promise<Result> {
  const path = join(folder, name)
  if (Buffer.byteLength(path) <= LONGEST_PATH_BYTES) return await use(path)
  return shortening === 'descriptor' ? await throughDescriptor(folder, name, use) : await throughLink(folder, name, use)
}

async function throughDescriptor<Result>(
  folder: string,
  name: string,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const descriptor = openSync(folder, 'r')
  try {
    return await use(`${DESCRIPTORS}/${descriptor}/${name}`)
  } finally {
    closeSync(descriptor)
  }
}

async function throughLink<Result>(
  folder: string,
  name: string,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const link = join(LINKS, `signpost-${randomBytes(9).toString('base64url')}`)
  symlinkSync(folder, link)
  try {
    return await use(join(link, name))
  } finally {
    unlinkSync(link)
  }
}
