/** Whether a queue may lie on a file system. */
export type Suitability =
  | { readonly verdict: 'suitable' }
  /** It holds for as long as the file system does, which is not what a durable queue is for. */
  | { readonly verdict: 'doubtful'; readonly name: string; readonly why: string }
  /** Locks and syncs do not reach its other users. */
  | { readonly verdict: 'unsuitable'; readonly name: string }

const SUITABLE: Suitability = { verdict: 'suitable' }
const IN_MEMORY = 'it is lost when the machine or the container stops'
const CONTAINER = 'it is lost with the container; mount a volume there'
const FUSE = 0x65735546

/** By the `f_type` of Linux's statfs(2). */
const BY_TYPE: ReadonlyMap<number, Suitability> = new Map<number, Suitability>([
  ...Object.entries({
    NFS: 0x6969,
    SMB: 0x517b,
    SMB2: 0xfe534d42,
    CIFS: 0xff534d42,
    '9p': 0x01021997,
    Ceph: 0x00c36400,
    AFS: 0x5346414f,
    kAFS: 0x6b414653,
    Coda: 0x73757245,
    NCP: 0x564c,
    Lustre: 0x0bd00bd0,
    GPFS: 0x47504653,
    BeeGFS: 0x19830326,
    PanFS: 0xaad7aaea,
    vboxsf: 0x786f4256,
    vmhgfs: 0xbacbacbc,
  }).map(([name, type]): [number, Suitability] => [type, { verdict: 'unsuitable', name }]),
  [0x01021994, { verdict: 'doubtful', name: 'tmpfs', why: IN_MEMORY }],
  [0x858458f6, { verdict: 'doubtful', name: 'ramfs', why: IN_MEMORY }],
  [0x794c7630, { verdict: 'doubtful', name: 'overlayfs', why: CONTAINER }],
])

/** Subtypes of FUSE, as the table of mounts has them after `fuse.`, that reach over a network. */
const NETWORK_FUSE =
  /sshfs|s3|goofys|gcs|blobfuse|rclone|glusterfs|ceph|juicefs|seaweed|moose|lizard|davfs|curlftpfs|smb|nfs|hdfs|alluxio|onedrive|gdrive|ipfs|lustre|beegfs|mountpoint/i

/**
 * @param type what `statfs` says
 * @param mountType the file system's name in the table of mounts, or null if it is not known. Only FUSE needs it: all of its file
 *   systems have one type.
 */
export function suitabilityOf(type: number, mountType: string | null): Suitability {
  const unsigned = type >>> 0
  if (unsigned === FUSE) return ofFuse(mountType)
  return BY_TYPE.get(unsigned) ?? SUITABLE
}

function ofFuse(mountType: string | null): Suitability {
  const name = mountType ?? 'FUSE'
  if (name === 'fuseblk') return SUITABLE
  if (name === 'virtiofs' || NETWORK_FUSE.test(name)) return { verdict: 'unsuitable', name }
  if (name.includes('overlay')) return { verdict: 'doubtful', name, why: CONTAINER }
  return {
    verdict: 'doubtful',
    name,
    why: 'Signpost does not know whether it is local, keeps what was synced, and has Unix sockets',
  }
}

/**
 * @param mounts the text of /proc/self/mountinfo
 * @param path absolute, without symbolic links
 * @returns the type of the file system on which the path lies, or null
 */
export function mountTypeOf(mounts: string, path: string): string | null {
  const found = mounts
    .split('\n')
    .map(parseMount)
    .filter((mount) => mount !== null)
    .filter(({ point }) => point === '/' || path === point || path.startsWith(`${point}/`))
    .reduce<Mount | null>(
      (best, mount) => (best === null || mount.point.length >= best.point.length ? mount : best),
      null,
    )
  return found?.type ?? null
}

interface Mount {
  readonly point: string
  readonly type: string
}

/** proc(5): `36 35 98:0 /root /point rw,noatime master:1 - type source options`, with `\040` for a space. */
function parseMount(line: string): Mount | null {
  const [before = '', after = ''] = line.split(' - ')
  const point = before.split(' ')[4]
  const type = after.split(' ')[0]
  if (point === undefined || type === undefined || type === '') return null
  return {
    point: point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    type,
  }
}
