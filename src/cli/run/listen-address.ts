import { isIPv6 } from 'node:net'
import { InvalidArgumentError } from 'commander'

export interface ListenAddress {
  /** A name or an address, an IPv6 address without its brackets. */
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

const FORM = /^(?:\[(?<six>[^\]]+)\]|(?<name>[^:[\]/\s]+)):(?<port>\d{1,5})$/
const HIGHEST_PORT = 65_535

/** Parses `HOST:PORT` or `[IPV6]:PORT`; `none` stays as it is, because commander takes null for a missing value. @throws InvalidArgumentError */
export function parseListenAddress(text: string): ListenAddress | 'none' {
  if (text === 'none') return text
  const { six, name, port = '' } = FORM.exec(text)?.groups ?? {}
  const host = six ?? name
  const isRight = host !== undefined && Number(port) <= HIGHEST_PORT && (six === undefined || isIPv6(six))
  if (isRight) return { host, port: Number(port) }
  throw new InvalidArgumentError('Expected HOST:PORT such as 127.0.0.1:6080 or [::1]:6080, or "none".')
}

export function listenAddressText({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
