/** The value of an `Authorization` header (RFC 7617) for the user name and password in a URL; null: it has none. */
export function basicCredentials(url: URL): string | null {
  if (url.username === '' && url.password === '') return null
  return `Basic ${Buffer.from(`${decode(url.username)}:${decode(url.password)}`).toString('base64')}`
}

/** URL keeps a stray `%` as it is; then the text is meant as it stands. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
