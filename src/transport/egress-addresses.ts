import ipaddr from 'ipaddr.js'

export type Address = ipaddr.IPv4 | ipaddr.IPv6
export type Network = readonly [Address, number]

/** What an address is, in the words of a message; see `describe`. */
const LABELS: Readonly<Record<string, string>> = {
  linkLocal: 'link-local',
  carrierGradeNat: 'carrier-grade NAT',
  uniqueLocal: 'private',
  deprecatedSiteLocal: 'site-local',
  ipv4Mapped: 'IPv4-mapped',
  rfc6145: 'IPv4-translated',
  rfc6052: 'NAT64',
}

/** Where the clouds answer for an instance's credentials, and what else is only for the machine itself. */
const METADATA: readonly (readonly [network: string, label: string])[] = [
  ['169.254.0.0/16', 'link-local, cloud metadata'],
  ['fe80::/10', 'link-local'],
  ['fd00:ec2::/32', 'AWS metadata'],
  ['fd20:ce::254/128', 'Google Cloud metadata'],
  ['fd00:42::42/128', 'Scaleway metadata'],
  ['fd00:a9fe:a9fe::1/128', 'Akamai metadata'],
  ['fd00:c1::a9fe:a9fe/128', 'Oracle Cloud metadata'],
  ['fd00:100::100:200/128', 'Alibaba Cloud metadata'],
  ['100.100.100.200/32', 'Alibaba Cloud metadata'],
  ['100.96.0.96/32', 'Volcano Engine metadata'],
  ['100.80.80.80/32', 'UCloud metadata'],
  ['168.63.129.16/32', 'Azure platform address'],
  ['192.0.0.192/32', 'Oracle Cloud metadata'],
]

const METADATA_NETWORKS = METADATA.map(([network, label]) => ({ network: parseNetwork(network), label }))

/** IPv6 networks whose addresses lead to an IPv4 host, and the bytes that hold its address. */
const EMBEDDINGS: readonly { readonly network: Network; readonly bytes: readonly number[]; readonly mask: number }[] = [
  embedding('::/96', [12, 13, 14, 15]), // IPv4-compatible, RFC 4291 2.5.5.1
  embedding('::ffff:0:0:0/96', [12, 13, 14, 15]), // IPv4-translated, RFC 2765
  embedding('64:ff9b::/96', [12, 13, 14, 15]), // NAT64, RFC 6052
  embedding('64:ff9b:1::/48', [12, 13, 14, 15]), // local NAT64, RFC 8215, with a /96 taken out of it
  embedding('64:ff9b:1::/48', [6, 7, 9, 10]), // the same, used as a /48,
  embedding('64:ff9b:1::/48', [7, 9, 10, 11]), // with a /56 taken out of it,
  embedding('64:ff9b:1::/48', [9, 10, 11, 12]), // or a /64
  embedding('2002::/16', [2, 3, 4, 5]), // 6to4, RFC 3056
  embedding('2001::/32', [4, 5, 6, 7]), // Teredo server, RFC 4380
  embedding('2001::/32', [12, 13, 14, 15], 0xff), // Teredo client, its bits inverted
]

const NAT64 = parseNetwork('64:ff9b::/96')
const GLOBAL_UNICAST = parseNetwork('2000::/3')

/**
 * Reads an address in every spelling that some resolver accepts: dotted, decimal, octal, hexadecimal, with fewer than
 * four parts, IPv4-mapped, in brackets, with a zone or a trailing dot. Null: it is a name, or nothing at all.
 */
export function parseAddress(text: string): Address | null {
  const bare = text
    .trim()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/%.*$/, '')
    .replace(/\.$/, '')
  return ipaddr.isValid(bare) ? ipaddr.process(bare) : null
}

/** @param text an address, or a network in CIDR notation. Throws when it is neither. */
export function parseNetwork(text: string): Network {
  if (text.includes('/')) return ipaddr.parseCIDR(text)
  const address = ipaddr.parse(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

export function isWithin(address: Address, network: Network): boolean {
  return address.kind() === network[0].kind() && address.match(network[0], network[1])
}

/** The IPv4 addresses that packets for this IPv6 address may end up at. */
export function embeddedAddresses(address: Address): Address[] {
  if (address.kind() === 'ipv4') return []
  const bytes = address.toByteArray()
  const found = EMBEDDINGS.filter(({ network }) => isWithin(address, network)).map(({ bytes: places, mask }) =>
    ipaddr.fromByteArray(places.map((place) => (bytes[place] ?? 0) ^ mask)),
  )
  // ISATAP (RFC 5214): the interface identifier 0000:5efe or 0200:5efe, then the address, under any prefix.
  if (((bytes[8] ?? 0) & 0xfd) === 0 && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe) {
    found.push(ipaddr.fromByteArray(bytes.slice(12)))
  }
  return found
}

/** The name of the metadata or link-local network that holds the address; null: none does. */
export function metadataLabel(address: Address): string | null {
  return METADATA_NETWORKS.find(({ network }) => isWithin(address, network))?.label ?? null
}

/** The name of the kind of address; null: public unicast. An address of a NAT64 is what the IPv4 address in it is. */
export function nonPublicLabel(address: Address): string | null {
  if (isWithin(address, NAT64)) return null
  const range = address.range()
  if (range !== 'unicast') return LABELS[range] ?? range
  return address.kind() === 'ipv4' || isWithin(address, GLOBAL_UNICAST) ? null : 'unassigned'
}

function embedding(network: string, bytes: readonly number[], mask = 0) {
  return { network: parseNetwork(network), bytes, mask }
}
