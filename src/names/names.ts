import type { LookupAddress, LookupOptions } from 'node:dns'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { type Answer, type Answered, type Cancel, isCancelled, type NameSource } from './answer.js'
import { AnswerCache } from './answer-cache.js'
import { HostsFile, systemHostsFile } from './hosts-file.js'
import { NameError } from './name-error.js'
import { NAME_SERVER_TIMES, type NameServerTimes, nameServers } from './name-servers.js'
import { createSlot, SharedSlot } from './shared-slot.js'
import { SingleFlight } from './single-flight.js'
import { specialAddresses } from './special-names.js'
import { type SystemLookup, systemResolver } from './system-resolver.js'
import { Turnstile } from './turnstile.js'

const MAX_REMEMBERED = 4096
const LIMITS = { atOnce: 64, suspectsAtOnce: 16 }
const ONE_AT_A_TIME = { atOnce: 1, suspectsAtOnce: 1 }

export type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void

/** A `lookup` for `net.connect` and the agents of Node's, which can be cancelled: then `callback` is not called any more. */
export type NameLookup = (name: string, options: LookupOptions, callback: LookupCallback) => Cancel

export interface NamesOptions {
  /** Memory of the slot for the system's resolver; see `createSlot`. Threads that are given none do not share it. */
  readonly slot?: SharedArrayBuffer
  /** Name servers as `dns.setServers` takes them, in place of the system's. */
  readonly servers?: readonly string[]
  readonly times?: Partial<NameServerTimes>
  readonly hostsFile?: string
  readonly systemLookup?: SystemLookup
  /** In ms, of a clock that never goes back. */
  readonly nowMs?: () => number
}

/**
 * The names of one thread. What one webhook's name server does shall not reach the others: a name is asked for once at a time, some
 * names at once, for some seconds; only what the name servers do not know goes to the system's resolver.
 */
export class Names {
  readonly #cache = new AnswerCache(MAX_REMEMBERED)
  readonly #hosts: HostsFile
  readonly #flights: SingleFlight
  readonly #nowMs: () => number

  constructor(options: NamesOptions = {}) {
    const { servers = null, times = {}, hostsFile, systemLookup, nowMs = () => performance.now() } = options
    const slot = new SharedSlot(options.slot ?? createSlot())
    const isSuspect = (name: string) => this.#cache.hasFailed(name)
    const asked = new Turnstile(nameServers(servers, { ...NAME_SERVER_TIMES, ...times }), LIMITS, isSuspect)
    const system = new Turnstile(systemResolver(slot, nowMs, systemLookup), ONE_AT_A_TIME, isSuspect)
    this.#nowMs = nowMs
    this.#hosts = new HostsFile(hostsFile ?? systemHostsFile(process.platform, process.env))
    this.#flights = new SingleFlight(
      whereAbsent(
        (name, answered) => asked.ask(name, (answer) => answered(byPreference(answer))),
        (name, answered) => system.ask(name, answered),
      ),
      (name, answer) => {
        if (!isCancelled(answer)) this.#cache.put(name, answer, nowMs())
      },
    )
  }

  /** Safe to hand on without its object. */
  readonly lookup: NameLookup = (name, options, callback) =>
    this.#resolve(name.toLowerCase(), (answer) => tell(name, answer, options, callback))

  /** Calls `answered` before it returns where nobody has to be asked. */
  #resolve(name: string, answered: Answered): Cancel {
    const nowMs = this.#nowMs()
    const known = this.#local(name, nowMs) ?? this.#cache.get(name, nowMs)
    if (known === null) return this.#flights.join(name, answered)
    answered(known)
    return nothingToCancel
  }

  #local(name: string, nowMs: number): Answer | null {
    const family = isIP(name)
    if (family !== 0) return { kind: 'found', addresses: [{ address: name, family }], ttlMs: 0 }
    const bare = name.replace(/\.$/, '')
    const addresses = specialAddresses(bare) ?? this.#hosts.find(bare, nowMs)
    if (addresses === null) return null
    if (addresses.length === 0) return { kind: 'absent', code: 'ENOTFOUND', ttlMs: 0 }
    return { kind: 'found', addresses, ttlMs: 0 }
  }
}

/** Asks the second source about names that the first says do not exist. */
function whereAbsent(first: NameSource, second: NameSource): NameSource {
  return (name, answered) => {
    let isGivenUp = false
    let giveUp = first(name, (answer) => {
      if (answer.kind === 'absent' && !isGivenUp) giveUp = second(name, answered)
      else answered(answer)
    })
    return () => {
      isGivenUp = true
      giveUp()
    }
  }
}

/** Puts IPv6 first where the machine has an address for it; Node tries the families in turn, the first one's first. */
function byPreference(answer: Answer): Answer {
  if (answer.kind !== 'found') return answer
  const preferred = hasIpv6() ? 6 : 4
  const addresses = answer.addresses.toSorted((left, right) => distance(left, preferred) - distance(right, preferred))
  return { ...answer, addresses }
}

function distance({ family }: LookupAddress, preferred: number): number {
  return family === preferred ? 0 : 1
}

/** Whether an interface has an IPv6 address that is more than link-local. */
function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ family, internal, scopeid }) => family === 'IPv6' && !internal && scopeid === 0),
  )
}

function tell(name: string, answer: Answer, options: LookupOptions, callback: LookupCallback): void {
  if (answer.kind !== 'found') {
    callback(new NameError(name, answer.kind === 'absent', answer.code), '', 0)
    return
  }
  const wanted = familyOf(options)
  const addresses = answer.addresses.filter(({ family }) => wanted === 0 || family === wanted)
  const [first] = addresses
  if (first === undefined) callback(new NameError(name, true, 'ENODATA'), '', 0)
  else if (options.all === true) callback(null, addresses)
  else callback(null, first.address, first.family)
}

function familyOf({ family }: LookupOptions): number {
  if (family === 'IPv4') return 4
  return family === 'IPv6' ? 6 : (family ?? 0)
}

function nothingToCancel(): void {
  // The answer has been given.
}
