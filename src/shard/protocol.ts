import type { Endpoint } from 'comlink'

/** One side of the control calls: what comlink reads and writes. */
export interface CallChannel {
  readonly endpoint: Endpoint
  /** Takes a message of the other side's. */
  receive(data: unknown): void
}

/**
 * Lets comlink's messages travel with others over one port, in one order with them.
 * @param post sends a message of comlink's to the other side
 */
export function callChannel(post: (message: unknown, transfer: readonly unknown[]) => void): CallChannel {
  const listeners = new Set<(event: { readonly data: unknown }) => void>()
  const endpoint = {
    postMessage: (message: unknown, transfer: readonly unknown[] = []) => post(message, transfer),
    addEventListener: (_type: string, listener: (event: { readonly data: unknown }) => void) => listeners.add(listener),
    removeEventListener: (_type: string, listener: (event: { readonly data: unknown }) => void) =>
      listeners.delete(listener),
  } as unknown as Endpoint
  return {
    endpoint,
    receive: (data) => {
      for (const listener of [...listeners]) listener({ data })
    },
  }
}
