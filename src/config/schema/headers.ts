import { z } from 'zod'
import { crossChecked, type Given, type Report } from './cross-check.js'
import { documented } from './option.js'
import { tolerant, type Warn } from './tolerance.js'

/** What identifies, signs or frames a request. */
const RESERVED = new Set([
  ...['x-pusher-key', 'x-pusher-signature', 'webhook-id', 'webhook-timestamp', 'webhook-signature'],
  ...['content-type', 'content-length', 'content-encoding', 'transfer-encoding', 'trailer', 'te'],
  ...['host', 'connection', 'keep-alive', 'proxy-connection', 'proxy-authorization', 'upgrade', 'expect'],
])

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/
/** RFC 9110, section 5.5; what is sent is Latin-1. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]{0,8192}$/

const nameError = 'a header name (letters, digits and hyphens)'
const valueError = 'a header value of at most 8192 characters, printable and in Latin-1'

const name = z.string().regex(TOKEN, { error: nameError })

/** Blanks around a value are no part of it. HTTP/1.1 receivers drop them; over HTTP/2 they make the request malformed (RFC 9113 8.2.1). */
const value = z.string({ error: valueError }).regex(FIELD_VALUE, { error: valueError }).overwrite(withoutBlanks)

const eachOnce = crossChecked(z.record(name, value, { error: 'an object of header names and values' }), eachNameOnce)

export const headers = documented(tolerant(eachOnce, { repair: repairHeaders }), { writeOnly: true })

function repairHeaders(given: unknown, warn: Warn): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given
  const entries = Object.entries(unwrapped(given))
  const kept = entries.filter(([name]) => !RESERVED.has(name.toLowerCase()))
  if (kept.length === entries.length) return unwrapped(given)
  for (const [name] of entries) {
    if (!RESERVED.has(name.toLowerCase())) continue
    warn([name], 'this header is not sent: Signpost itself sets the headers that identify, sign or frame a request')
  }
  return Object.fromEntries(kept)
}

/** Sockudo 3.0 to 4.4 stored the headers below a second `headers`. */
function unwrapped(given: object): object {
  const [[name, inner] = [], ...others] = Object.entries(given)
  const isNested = name === 'headers' && others.length === 0 && typeof inner === 'object' && inner !== null
  return isNested && !Array.isArray(inner) ? inner : given
}

function eachNameOnce(given: Given, report: Report): void {
  const seen = new Map<string, string>()
  for (const name of Object.keys(given)) {
    const earlier = seen.get(name.toLowerCase())
    seen.set(name.toLowerCase(), name)
    // What is no name may be a secret that stands in the wrong place, and is reported as no name.
    if (earlier === undefined || !TOKEN.test(name)) continue
    report({ path: [name], expected: `each header once; ${earlier} names the same one` })
  }
}

/** Not `trim`, which also takes a no-break space, a character like any in Latin-1. */
function withoutBlanks(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && isBlank(value[start])) start++
  while (end > start && isBlank(value[end - 1])) end--
  return value.slice(start, end)
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}
