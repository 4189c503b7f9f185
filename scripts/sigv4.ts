import { createHash, createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

export interface SignedRequest {
  readonly method: string
  /** Path and query as they came. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(?<key>[^/]+)\/(?<scope>(?<date>\d{8})\/(?<region>[^/]+)\/(?<service>[^/]+)\/aws4_request), SignedHeaders=(?<names>[^,]+), Signature=(?<signature>[0-9a-f]{64})$/

/**
 * Checks a request's Signature Version 4 as AWS describes it, without AWS's own code.
 * @returns the region that it was signed for, or null: it is not signed, or not by these credentials, or changed since
 */
export function signedRegion(request: SignedRequest, credentials: Credentials): string | null {
  const parts = AUTHORIZATION.exec(request.headers.authorization ?? '')?.groups
  if (parts === undefined) return null
  const { key, scope = '', date = '', region = '', service = '', names = '', signature } = parts
  const stringToSign = [
    'AWS4-HMAC-SHA256',
    header(request.headers, 'x-amz-date'),
    scope,
    sha256(canonicalRequest(request, names)),
  ].join('\n')
  const signingKey = [date, region, service, 'aws4_request'].reduce<string | Buffer>(
    (parent, part) => hmac(parent, part),
    `AWS4${credentials.secretAccessKey}`,
  )
  const expected = hmac(signingKey, stringToSign).toString('hex')
  return key === credentials.accessKeyId && signature === expected ? region : null
}

function canonicalRequest({ method, url, headers, body }: SignedRequest, names: string): string {
  const [path = '', query = ''] = url.split('?')
  return [
    method,
    // Encoded once more than on the wire, as every service but S3 wants it.
    path.split('/').map(encode).join('/'),
    query.split('&').sort().join('&'),
    ...names.split(';').map((name) => `${name}:${header(headers, name)}`),
    '',
    names,
    sha256(body),
  ].join('\n')
}

function header(headers: IncomingHttpHeaders, name: string): string {
  return String(headers[name] ?? '')
    .trim()
    .replace(/ +/g, ' ')
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest()
}
