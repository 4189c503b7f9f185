import { isIPv6 } from 'node:net'
import { z } from 'zod'
import { documented } from './option.js'
import { tolerant, type Warn } from './tolerance.js'

const EXPECTED = 'a URL that starts with http:// or https://'

/** A URL of HTTP or HTTPS. Blanks around it and capitals in its scheme are put right; what else is wrong has a message of its own. */
export function httpUrl() {
  const url = z.string({ error: EXPECTED }).superRefine((given, context) => {
    const expected = whatIsExpected(given)
    if (expected !== null) context.addIssue({ code: 'custom', message: expected })
  })
  return documented(tolerant(url, { repair: repairUrl }), { format: 'uri' })
}

function repairUrl(given: unknown, warn: Warn): unknown {
  if (typeof given !== 'string') return given
  const trimmed = given.trim()
  if (trimmed !== given) warn([], 'the spaces around the URL are removed')
  const scheme = /^https?:\/\//i.exec(trimmed)?.[0]
  if (scheme === undefined) return trimmed
  const lowered = scheme.toLowerCase() + trimmed.slice(scheme.length)
  const isAsItShouldBe = lowered === trimmed && !/\s/.test(trimmed)
  if (isAsItShouldBe || !URL.canParse(trimmed)) return trimmed
  if (lowered !== trimmed) warn([], `the scheme ${scheme} is read as ${scheme.toLowerCase()}`)
  if (!/\s/.test(lowered)) return lowered
  warn([], 'the spaces in the URL are sent as %20')
  return new URL(lowered).href
}

/** @returns null when it is a URL of HTTP or HTTPS */
function whatIsExpected(given: string): string | null {
  const [scheme, authority] = /^https?:\/\/([^/?#\\]*)/i.exec(given) ?? []
  if (scheme === undefined) return EXPECTED
  if (URL.canParse(given)) return null
  const host = (authority ?? '').replace(/^.*@/, '')
  const [, name = host, port] = /^(\[.*\]|[^:[]*):(.*)$/.exec(host) ?? []
  if (name === '') return 'a URL with a host after http:// or https://'
  if (/\s/.test(host)) return 'a URL without spaces in its host'
  if (port !== undefined && !isPort(port)) return 'a URL whose port is a number from 0 to 65535'
  if (name.includes('%')) return 'a URL whose host has no zone (%…), which a URL cannot carry'
  if (name.startsWith('[') && !isIPv6(name.slice(1, -1))) return 'a URL with an IPv6 address in its brackets'
  return 'a URL whose host is a valid name or address'
}

function isPort(text: string): boolean {
  return /^\d*$/.test(text) && Number(text) <= 65_535
}
