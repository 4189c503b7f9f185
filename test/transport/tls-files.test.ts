import { rmSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Certificate, makeCertificate } from '../../scripts/certificate.js'
import { type TemporaryFolder, temporaryFolder } from '../../scripts/temporary-folder.js'
import { TlsFiles } from '../../src/transport/tls-files.js'

interface Context {
  folder: TemporaryFolder
  before: Certificate
  after: Certificate
  files: TlsFiles
}

const files = suite<Context>('TLS files')

files.before(async (context) => {
  context.before = await makeCertificate({ commonName: 'before' })
  context.after = await makeCertificate({ commonName: 'after' })
})

files.before.each((context) => {
  context.folder = temporaryFolder()
  const cert = context.folder.write('cert.pem', context.before.cert)
  const key = context.folder.write('key.pem', context.before.key)
  context.files = new TlsFiles({ ca: null, cert, key }, 0)
})

files.after.each(({ folder }) => folder.remove())

files('that stay as they are stay the same material', (context) => {
  const first = context.files.current(0)
  assert.is(context.files.current(5000), first)
})

files('that have changed are looked at once a second', (context) => {
  context.folder.write('cert.pem', context.after.cert)
  context.folder.write('key.pem', context.after.key)
  assert.equal([context.files.current(999).version, context.files.current(1000).version], [1, 2])
})

files('of which only one has been replaced leave the old ones in use', (context) => {
  context.folder.write('cert.pem', context.after.cert)
  const halfway = context.files.current(2000).version
  context.folder.write('key.pem', context.after.key)
  assert.equal([halfway, context.files.current(3000).version], [1, 2])
})

files('that stay unusable for long are reported, as a fault that may pass', (context) => {
  rmSync(`${context.folder.path}/key.pem`)
  context.files.current(2000)
  assert.throws(
    () => context.files.current(12_000),
    (error: { failureCause: string; message: string }) =>
      error.failureCause === 'tls' && error.message.includes('tls.key of the webhook cannot be read'),
  )
})

files('that were unusable for long are used once they are repaired', (context) => {
  rmSync(`${context.folder.path}/key.pem`)
  context.files.current(2000)
  assert.throws(() => context.files.current(12_000))
  context.folder.write('cert.pem', context.after.cert)
  context.folder.write('key.pem', context.after.key)
  assert.is(context.files.current(13_000).version, 2)
})

files.run()
