import type { HeaderRecord } from '../headers.js'

/** What is used of a Node stream that is read. Types of our own, so that a project without Node's types can use the receiver. */
export interface NodeStream {
  /** Whether it was read to its end. */
  readonly readableEnded: boolean
  /** Whether anything was read from it. */
  readonly readableDidRead: boolean
  /** The encoding that `setEncoding` was called with. */
  readonly readableEncoding: string | null
  /** Its chunks. */
  iterator(options: { readonly destroyOnReturn: boolean }): AsyncIterable<unknown>
}

/** What is used of a request: `http.IncomingMessage` and `http2.Http2ServerRequest` have it. */
export interface NodeRequest extends NodeStream {
  /** The HTTP method. */
  readonly method?: string | undefined
  /** The headers, by their names in lower case. */
  readonly headers: HeaderRecord
  /** Whether the request has been received to its end. */
  readonly complete: boolean
}

/** What is used of a response: `http.ServerResponse` has it. */
export interface NodeResponse {
  /** Whether something has answered already. */
  readonly headersSent: boolean
  /** Whether the answer is complete. */
  readonly writableEnded: boolean
  /** Begins the answer. */
  writeHead(status: number, headers: Record<string, string>): { end(body: string): unknown }
}
