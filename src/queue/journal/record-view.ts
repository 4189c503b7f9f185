import { crc32 } from 'node:zlib'
import { unixMs } from '../../time/clocks.js'
import { JOB_ID_BYTES, type JobHead, type JobState, type JobTarget } from '../job.js'
import type { MarkItem, PlacedDeath } from './encode-record.js'
import { At, DeathAt, FIRST_OF_GROUP, JobAt, Kind, MAGIC, MarkAt, MarkItemAt, StateAt } from './record.js'
import { SALT_BYTES, type Salt } from './salt.js'

/** Reads one record at a time out of a buffer. It is set to the next record again and again, so what it returns is copied, except views. */
export class RecordView {
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0

  /** @returns whether a head that counts under this salt begins here and ends in the buffer */
  set(bytes: Buffer, at: number, salt: Salt): boolean {
    this.#bytes = bytes
    this.#at = at
    if (!mayBegin(bytes, at, salt)) return false
    const { headBytes } = this
    if (headBytes < At.end || at + headBytes > bytes.byteLength) return false
    const crc = crc32(bytes.subarray(at + At.headBytes, at + headBytes), salt.seed)
    return crc === bytes.readUInt32LE(at + At.crc) && this.#isConsistent()
  }

  get kind(): number {
    return this.#bytes[this.#at + At.kind] as number
  }

  get isFirstOfGroup(): boolean {
    return ((this.#bytes[this.#at + At.flags] as number) & FIRST_OF_GROUP) !== 0
  }

  get headBytes(): number {
    return this.#bytes.readUInt16LE(this.#at + At.headBytes)
  }

  get bodyBytes(): number {
    return this.#bytes.readUInt32LE(this.#at + At.bodyBytes)
  }

  get group(): number {
    return this.#bytes.readUInt32LE(this.#at + At.group)
  }

  /** A view. */
  get id(): Uint8Array {
    return this.#bytes.subarray(this.#at + At.id, this.#at + At.id + JOB_ID_BYTES)
  }

  get seq(): number {
    return this.#bytes.readDoubleLE(this.#at + JobAt.seq)
  }

  get life(): number {
    return this.#bytes.readUInt32LE(this.#at + JobAt.life)
  }

  get events(): number {
    return this.#bytes.readUInt32LE(this.#at + JobAt.events)
  }

  get bodyCrc(): number {
    return this.#bytes.readUInt32LE(this.#at + JobAt.bodyCrc)
  }

  /** The UTF-8 of both names: a view. */
  get names(): Buffer {
    const at = this.#at + JobAt.names
    return this.#bytes.subarray(at, at + this.appBytes + this.#endpointBytes)
  }

  target(): JobTarget {
    const at = this.#at + JobAt.names
    const endpointAt = at + this.appBytes
    return {
      app: this.#bytes.toString('utf8', at, endpointAt),
      endpoint: this.#bytes.toString('utf8', endpointAt, endpointAt + this.#endpointBytes),
    }
  }

  /** @param target of the job, whose names the record has too: to decode them takes longer than all the rest */
  jobHead(target: JobTarget): JobHead {
    const bytes = this.#bytes
    const at = this.#at
    return {
      id: Uint8Array.from(this.id),
      life: this.life,
      seq: this.seq,
      target,
      events: this.events,
      firstEventAt: unixMs(bytes.readDoubleLE(at + JobAt.firstEventAt)),
      sealedAt: unixMs(bytes.readDoubleLE(at + JobAt.sealedAt)),
      bodyBytes: this.bodyBytes,
      attempts: bytes.readUInt32LE(at + JobAt.attempts),
      status: bytes.readUInt32LE(at + JobAt.status),
      spentMs: bytes.readDoubleLE(at + JobAt.spentMs),
      nextAt: bytes.readDoubleLE(at + JobAt.nextAt),
    }
  }

  state(): JobState {
    const bytes = this.#bytes
    const at = this.#at
    return {
      attempts: bytes.readUInt32LE(at + StateAt.attempts),
      status: bytes.readUInt32LE(at + StateAt.status),
      spentMs: bytes.readDoubleLE(at + StateAt.spentMs),
      nextAt: bytes.readDoubleLE(at + StateAt.nextAt),
    }
  }

  /** Of a letter or of a death's own record. */
  death(): PlacedDeath {
    const bytes = this.#bytes
    const at = this.#deathAt
    const causeAt = at + DeathAt.texts
    const errorAt = causeAt + bytes.readUInt16LE(at + DeathAt.causeBytes)
    return {
      position: bytes.readDoubleLE(at + DeathAt.position),
      diedAt: bytes.readDoubleLE(at + DeathAt.diedAt),
      life: this.deathLife,
      attempts: bytes.readUInt32LE(at + DeathAt.attempts),
      status: bytes.readUInt32LE(at + DeathAt.status),
      cause: bytes.toString('utf8', causeAt, errorAt),
      error: bytes.toString('utf8', errorAt, errorAt + bytes.readUInt16LE(at + DeathAt.errorBytes)),
    }
  }

  get deathLife(): number {
    return this.#bytes.readUInt32LE(this.#deathAt + DeathAt.life)
  }

  get deathPosition(): number {
    return this.#bytes.readDoubleLE(this.#deathAt + DeathAt.position)
  }

  get markOldest(): number {
    return this.#bytes.readDoubleLE(this.#at + MarkAt.oldest)
  }

  markItems(): readonly MarkItem[] {
    const bytes = this.#bytes
    const count = bytes.readDoubleLE(this.#at + MarkAt.count)
    return Array.from({ length: count }, (_, index) => {
      const at = this.#at + MarkAt.items + index * MarkItemAt.bytes
      return {
        order: bytes.readDoubleLE(at + MarkItemAt.order),
        end: bytes.readDoubleLE(at + MarkItemAt.end),
        salt: Uint8Array.from(bytes.subarray(at + MarkItemAt.salt, at + MarkItemAt.salt + SALT_BYTES)),
        skipped: bytes.readUInt32LE(at + MarkItemAt.skipped),
        isClosed: bytes.readUInt32LE(at + MarkItemAt.isClosed) === 1,
      }
    })
  }

  get appBytes(): number {
    return this.#bytes.readUInt16LE(this.#at + JobAt.appBytes)
  }

  get #endpointBytes(): number {
    return this.#bytes.readUInt16LE(this.#at + JobAt.endpointBytes)
  }

  get #deathAt(): number {
    if (this.kind === Kind.Dead) return this.#at + At.end
    return this.#at + JobAt.names + this.appBytes + this.#endpointBytes
  }

  /** A checksum of 32 bits may fit by chance: lengths that point out of the head must not be followed. */
  #isConsistent(): boolean {
    const { kind, headBytes } = this
    if (kind === Kind.Job || kind === Kind.Letter) {
      if (headBytes < JobAt.names) return false
      const namesEnd = JobAt.names + this.appBytes + this.#endpointBytes
      return kind === Kind.Job ? headBytes === namesEnd : this.#hasDeathAt(namesEnd)
    }
    if (kind === Kind.Dead) return this.#hasDeathAt(At.end)
    if (kind === Kind.State) return headBytes === StateAt.end
    if (kind !== Kind.Mark) return true
    return headBytes === MarkAt.items + this.#bytes.readDoubleLE(this.#at + MarkAt.count) * MarkItemAt.bytes
  }

  #hasDeathAt(start: number): boolean {
    if (this.headBytes < start + DeathAt.texts) return false
    const at = this.#at + start
    const texts = this.#bytes.readUInt16LE(at + DeathAt.causeBytes) + this.#bytes.readUInt16LE(at + DeathAt.errorBytes)
    return this.headBytes === start + DeathAt.texts + texts
  }
}

/** Whether a record of this salt may begin here; only its checksum says that it does. */
export function mayBegin(bytes: Buffer, at: number, salt: Salt): boolean {
  return (
    at + At.end <= bytes.byteLength &&
    bytes.readUInt32LE(at + At.magic) === MAGIC &&
    bytes.readUInt32LE(at + At.salt) === salt.shown
  )
}
