import { existsSync, mkdirSync, readdirSync, realpathSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type TemporaryFolder, temporaryFolder } from '../../../scripts/temporary-folder.js'
import { QueuePathError } from '../../../src/errors.js'
import { kernelOf, ownIdentity } from '../../../src/queue/slots/identity.js'
import { openSlotRoot } from '../../../src/queue/slots/root.js'
import { Claimant } from './support.js'

const roots = suite('the root of the slots')

function withFolder<Result>(use: (folder: TemporaryFolder) => Result): Result {
  const folder = temporaryFolder()
  try {
    return use(folder)
  } finally {
    folder.remove()
  }
}

function problemOf(open: () => unknown): QueuePathError {
  try {
    open()
  } catch (error) {
    if (error instanceof QueuePathError) return error
    throw error
  }
  throw new Error('no error')
}

roots('is made with the folders above it, for its owner alone', () => {
  withFolder(({ path }) => {
    const root = openSlotRoot(join(path, 'var/queue'))
    assert.equal([root.path, statSync(root.path).mode & 0o777], [join(realpathSync(path), 'var/queue'), 0o700])
  })
})

roots('may be there already, behind a symbolic link', () => {
  withFolder(({ path }) => {
    mkdirSync(join(path, 'real'))
    symlinkSync(join(path, 'real'), join(path, 'link'))
    assert.is(openSlotRoot(join(path, 'link')).path, join(realpathSync(path), 'real'))
  })
})

roots('is no file, and not below one', () => {
  withFolder((folder) => {
    const file = folder.write('queue', 'text')
    const [itself, below] = [file, join(file, 'deeper')].map((path) => problemOf(() => openSlotRoot(path)))
    assert.is(itself?.code, 'QUEUE_PATH_UNUSABLE')
    assert.match(itself?.message ?? '', `queue.disk.path "${file}" is not a folder`)
    assert.match(below?.message ?? '', `queue.disk.path "${join(file, 'deeper')}" is not a folder`)
    assert.ok(itself?.cause instanceof Error)
  })
})

roots('is no symbolic link that leads nowhere', () => {
  withFolder(({ path }) => {
    symlinkSync(join(path, 'nowhere'), join(path, 'link'))
    assert.match(problemOf(() => openSlotRoot(join(path, 'link'))).message, /choose another path/)
  })
})

roots('must be writable for this user', async () => {
  const folder = temporaryFolder()
  const closed = join(folder.path, 'closed')
  mkdirSync(closed, { mode: 0o555 })
  const isSuperuser = process.getuid?.() === 0
  const user = isSuperuser ? 65_534 : null
  const failures: unknown[] = []
  for (const path of [closed, join(closed, 'queue')]) {
    await Claimant.start(path, {}, user).then(
      () => failures.push(null),
      (error: Error & { code: unknown }) =>
        failures.push([error.code, /cannot be written by this user/.test(error.message)]),
    )
  }
  folder.remove()
  assert.equal(failures, Array(2).fill(['QUEUE_PATH_UNUSABLE', true]))
})

roots('leaves nothing behind where it cannot be', () => {
  withFolder((folder) => {
    const file = folder.write('queue', 'text')
    problemOf(() => openSlotRoot(join(file, 'deeper')))
    assert.equal(readdirSync(folder.path), ['queue'])
  })
})

roots('warns of a file system that lives in memory', () => {
  const shared = '/dev/shm'
  const isThere = existsSync(shared) && statSync(shared).isDirectory()
  const folder = temporaryFolder(isThere ? shared : undefined)
  const { warning } = openSlotRoot(join(folder.path, 'queue'))
  folder.remove()
  if (isThere) assert.match(warning ?? '', /queue" is on tmpfs: it is lost when the machine or the container stops/)
})

roots('knows the kernel by its boot, not by the names of hosts and processes', () => {
  const own = ownIdentity()
  const container = { ...own, host: 'container', pid: 1 }
  const rebooted = { ...own, bootId: 'another' }
  const unknown = { ...own, bootId: null }
  const kernels = [own, container, rebooted, unknown].map(kernelOf)
  assert.equal(
    kernels.map((kernel) => kernels.indexOf(kernel)),
    [0, own.bootId === null ? 1 : 0, 2, own.bootId === null ? 0 : 3],
  )
})

roots.run()
