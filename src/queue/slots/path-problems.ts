import { QueuePathError } from '../../errors.js'
import { codeOf } from './folders.js'

const CANNOT_WRITE = 'cannot be written by this user: make it readable and writable, or choose another folder'
const NOT_A_FOLDER = 'is not a folder, or lies below a file: choose another path'
const NO_SOCKETS = 'is on a file system without Unix sockets: choose a folder on a local disk'

const PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: CANNOT_WRITE,
  EPERM: CANNOT_WRITE,
  EROFS: 'is on a read-only file system: mount it writable, or choose another folder',
  EEXIST: NOT_A_FOLDER,
  ENOTDIR: NOT_A_FOLDER,
  ENOENT: 'is gone, or a symbolic link that leads nowhere: choose another path',
  ELOOP: 'is a symbolic link that leads back to itself: choose another path',
  ENAMETOOLONG: 'is longer than the file system allows: choose a shorter path',
  ENOSPC: 'is on a full disk: make room, or choose a folder on another disk',
  EDQUOT: 'is over the quota of this user: make room, or choose a folder on another disk',
  EOPNOTSUPP: NO_SOCKETS,
  ENOTSUP: NO_SOCKETS,
}

/** The error of a file operation on the path, as what users are told, with the operation's own error as its cause. */
export function asPathError(path: string, error: unknown): QueuePathError {
  if (error instanceof QueuePathError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new QueuePathError(path, PROBLEMS[codeOf(error) ?? ''] ?? `cannot be used: ${reason}`, { cause: error })
}
