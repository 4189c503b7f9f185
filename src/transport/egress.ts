import type { EgressConfig, EgressPolicy } from '../config/model.js'
import { SignpostError } from '../errors.js'
import type { Cancel } from '../names/answer.js'
import { NameError } from '../names/name-error.js'
import { type NameLookup, Names } from '../names/names.js'
import {
  type Address,
  embeddedAddresses,
  isWithin,
  metadataLabel,
  nonPublicLabel,
  parseAddress,
  parseNetwork,
} from './egress-addresses.js'
import { isMetadataName } from './metadata-names.js'

/** Why an address may not be connected to. */
export interface Refusal {
  readonly address: string
  readonly policy: EgressPolicy
  /** What the address is: `loopback`, `private`, … */
  readonly label: string
  readonly message: string
}

/**
 * Decides which addresses may be connected to. One check is not enough: a literal never reaches a `lookup`, a name
 * may resolve to anything, and may resolve again between the lookup and the connection. So every connection is checked at
 * the URL (`checkUrl`), at each address of the answer (`lookup`) and at the peer's address (`check`).
 */
export interface EgressGuard {
  /** @param address an address in any spelling; a name is not refused here, its addresses are. */
  check(address: string): Refusal | null
  checkUrl(url: string | URL): Refusal | null
  /**
   * For the `lookup` option of `net.connect`, `http.Agent` and `https.Agent`. Fails with an `EgressRefusedError` when any
   * of a name's addresses is refused: which of a mixed answer would be used is not ours to say.
   */
  readonly lookup: NameLookup
  /**
   * Asks whether a proxy may be told to connect to the host, whose name the proxy will resolve: by its addresses here. `checked` is given
   * null, an `EgressRefusedError`, or why it cannot be said now. A name that has no address here is refused by `public-only`,
   * as nothing is known of it; `no-metadata` refuses what is known as metadata, and leaves other names to the proxy.
   */
  checkProxied(host: string, checked: (error: Error | null) => void): Cancel
  /** The same, refusing nothing: for names that no customer chose. */
  readonly openLookup: NameLookup
}

export class EgressRefusedError extends SignpostError {
  override name = 'EgressRefusedError'
  constructor(readonly refusal: Refusal) {
    super('EGRESS_REFUSED', refusal.message)
  }
}

/** @param lookup resolves names; the guards of a thread are to share one */
export function createEgressGuard(config: EgressConfig, lookup: NameLookup = new Names().lookup): EgressGuard {
  const { policy } = config
  const allowed = config.allow.map(parseNetwork)

  function labelOf(address: Address): string | null {
    if (allowed.some((network) => isWithin(address, network))) return null
    const label = metadataLabel(address)
    if (label !== null) return label
    for (const inner of embeddedAddresses(address)) {
      const innerLabel = labelOf(inner)
      if (innerLabel !== null) return `leads to ${inner.toString()}, ${innerLabel}`
    }
    return policy === 'public-only' ? nonPublicLabel(address) : null
  }

  function refusalOf(text: string, name: string | null): Refusal | null {
    const address = parseAddress(text)
    const label = address === null ? null : labelOf(address)
    if (address === null || label === null) return null
    const shown = address.toString()
    const subject = name === null ? `${shown} (${label})` : `${name} resolves to ${shown} (${label}), which`
    const message = `${subject} is refused by the egress policy ${policy}; if it is meant, name it in webhooks.egress.allow`
    return { address: shown, policy, label, message }
  }

  const guarded: NameLookup = (hostname, options, callback) =>
    lookup(hostname, options, (error, answer, family) => {
      if (error !== null) {
        callback(error, '', 0)
        return
      }
      const addresses = typeof answer === 'string' ? [answer] : answer.map(({ address }) => address)
      for (const address of addresses) {
        const refusal = refusalOf(address, hostname)
        if (refusal !== null) {
          callback(new EgressRefusedError(refusal), '', 0)
          return
        }
      }
      callback(null, answer, family)
    })

  /** @param error what the name's look-up ended with */
  function proxiedError(name: string, error: Error | null): Error | null {
    if (isMetadataName(name)) return new EgressRefusedError(unseen(name, policy, 'cloud metadata', METADATA_ADVICE))
    if (!(error instanceof NameError)) return error
    if (policy === 'no-metadata') return null
    return error.isAbsent
      ? new EgressRefusedError(unseen(name, policy, 'without an address here', UNRESOLVED_ADVICE))
      : error
  }

  return {
    check: (address) => refusalOf(address, null),
    checkUrl: (url) => refusalOf((typeof url === 'string' ? new URL(url) : url).hostname, null),
    lookup: guarded,
    openLookup: lookup,
    checkProxied: (host, checked) => {
      if (parseAddress(host) === null) {
        return guarded(host, { all: true }, (error) => checked(proxiedError(host, error)))
      }
      const refusal = refusalOf(host, null)
      checked(refusal === null ? null : new EgressRefusedError(refusal))
      return nothingToCancel
    },
  }
}

function nothingToCancel(): void {
  // An address is judged at once.
}

const METADATA_ADVICE = 'through a proxy it is never asked for'

const UNRESOLVED_ADVICE =
  'only names that resolve here can be checked before a proxy is asked for them; where the proxy itself refuses what is inside, use no-metadata'

/** The refusal of a name whose addresses are not known. */
function unseen(name: string, policy: EgressPolicy, label: string, advice: string): Refusal {
  return {
    address: name,
    policy,
    label,
    message: `${name} (${label}) is refused by the egress policy ${policy}: ${advice}`,
  }
}
