import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mountTypeOf, suitabilityOf } from '../../../src/queue/slots/file-systems.js'

const systems = suite('file systems')

const FUSE = 0x65735546

const cases: readonly { what: string; type: number; mount?: string; verdict: string }[] = [
  { what: 'ext4', type: 0xef53, verdict: 'suitable' },
  { what: 'xfs', type: 0x58465342, verdict: 'suitable' },
  { what: 'btrfs', type: 0x9123683e, verdict: 'suitable' },
  { what: 'NFS', type: 0x6969, verdict: 'unsuitable' },
  { what: 'CIFS', type: 0xff534d42, verdict: 'unsuitable' },
  { what: 'CIFS as a negative number', type: 0xff534d42 | 0, verdict: 'unsuitable' },
  { what: 'SMB2', type: 0xfe534d42, verdict: 'unsuitable' },
  { what: '9p', type: 0x01021997, verdict: 'unsuitable' },
  { what: 'Ceph', type: 0x00c36400, verdict: 'unsuitable' },
  { what: 'tmpfs', type: 0x01021994, verdict: 'doubtful' },
  { what: 'overlayfs', type: 0x794c7630, verdict: 'doubtful' },
  { what: 'sshfs', type: FUSE, mount: 'fuse.sshfs', verdict: 'unsuitable' },
  { what: 's3fs', type: FUSE, mount: 'fuse.s3fs', verdict: 'unsuitable' },
  { what: 'GlusterFS', type: FUSE, mount: 'fuse.glusterfs', verdict: 'unsuitable' },
  { what: 'virtiofs', type: FUSE, mount: 'virtiofs', verdict: 'unsuitable' },
  { what: 'ntfs-3g on a disk', type: FUSE, mount: 'fuseblk', verdict: 'suitable' },
  { what: 'fuse-overlayfs', type: FUSE, mount: 'fuse.fuse-overlayfs', verdict: 'doubtful' },
  { what: 'gocryptfs', type: FUSE, mount: 'fuse.gocryptfs', verdict: 'doubtful' },
  { what: 'FUSE that is not in the table of mounts', type: FUSE, verdict: 'doubtful' },
]

for (const { what, type, mount, verdict } of cases) {
  systems(`are judged by type: ${what} is ${verdict}`, () => {
    assert.is(suitabilityOf(type, mount ?? null).verdict, verdict)
  })
}

const mounts = [
  '22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw',
  '30 22 0:24 / /data rw - xfs /dev/vdb rw',
  '31 30 0:25 / /data/remote\\040share rw - fuse.sshfs host:/ rw',
  '32 30 0:26 / /data/over rw - tmpfs tmpfs rw',
  '33 30 0:27 / /data/over rw,nosuid master:1 propagate_from:2 - fuse.s3fs s3fs rw',
  '',
].join('\n')

systems('are found in the table of mounts by the longest mount point, and the last of two', () => {
  const paths = ['/', '/home', '/data', '/database', '/data/x', '/data/remote share/x', '/data/remote', '/data/over/x']
  assert.equal(
    paths.map((path) => mountTypeOf(mounts, path)),
    ['ext4', 'ext4', 'xfs', 'ext4', 'xfs', 'fuse.sshfs', 'xfs', 'fuse.s3fs'],
  )
})

systems('are unknown without a table of mounts', () => {
  assert.is(mountTypeOf('', '/data'), null)
})

systems.run()
