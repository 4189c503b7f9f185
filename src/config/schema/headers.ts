import { z } from 'zod'
import { crossChecked, type Given, type Report } from './cross-check.js'
import { documented } from './option.js'

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

const name = z
  .string()
  .regex(TOKEN, { error: nameError })
  .refine((given) => !RESERVED.has(given.toLowerCase()), {
    error: 'another header: this one identifies, signs or frames the request and may not be replaced',
  })

/** Blanks around a value are no part of it. HTTP/1.1 receivers drop them; over HTTP/2 they make the request malformed (RFC 9113 8.2.1). */
const value = z.string({ error: valueError }).regex(FIELD_VALUE, { error: valueError }).overwrite(withoutBlanks)

export const headers = documented(
  crossChecked(z.record(name, value, { error: 'an object of header names and values' }), eachNameOnce),
  { writeOnly: true },
)

function eachNameOnce(given: Given, report: Report): void {
  const seen = new Map<string, string>()
  for (const name of Object.keys(given)) {
    const earlier = seen.get(name.toLowerCase())
    seen.set(name.toLowerCase(), name)
    if (earlier === undefined) continue
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
