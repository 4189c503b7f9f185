import { SignpostError } from '../../errors.js'
import type { Disk } from './disk.js'

const NAME = 'FORMAT'
const UNFINISHED = 'FORMAT.new'
const MAJOR = 1
const MINOR = 0
const LONGEST = 64

/** The folder holds a journal that this version cannot read. Nothing in it was touched. Code `JOURNAL_FORMAT`. */
export class JournalFormatError extends SignpostError {
  override name = 'JournalFormatError'

  constructor(found: string) {
    super(
      'JOURNAL_FORMAT',
      `the journal has the format ${found}, and this version of signpost reads ${MAJOR}.x only; start the version that wrote it, or set queue.disk.path to another folder`,
    )
  }
}

/**
 * Makes sure that the folder's format is one that this version reads, and names it in a folder that has none yet.
 * A file that cannot be understood is written again: the segments name their format too.
 * @throws JournalFormatError for a newer one
 */
export function checkFormat(disk: Disk): void {
  const found = readFormat(disk)
  if (found !== null && found.major > MAJOR) throw new JournalFormatError(`${found.major}.${found.minor}`)
  if (found?.major === MAJOR) return
  writeFormat(disk)
}

function readFormat(disk: Disk): { readonly major: number; readonly minor: number } | null {
  if (!disk.list().includes(NAME)) return null
  const file = disk.open(NAME)
  try {
    const text = Buffer.alloc(LONGEST)
    const [, major, minor] = /^(\d{1,6})\.(\d{1,6})\n/.exec(text.toString('latin1', 0, file.read(text, 0))) ?? []
    return major === undefined || minor === undefined ? null : { major: Number(major), minor: Number(minor) }
  } finally {
    file.close()
  }
}

function writeFormat(disk: Disk): void {
  if (disk.list().includes(UNFINISHED)) disk.remove(UNFINISHED)
  const file = disk.create(UNFINISHED)
  try {
    file.write([Buffer.from(`${MAJOR}.${MINOR}\n`, 'latin1')], 0)
    file.sync()
  } finally {
    file.close()
  }
  disk.rename(UNFINISHED, NAME)
  disk.syncFolder()
}
