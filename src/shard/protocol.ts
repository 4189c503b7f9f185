import type { MessagePort } from 'node:worker_threads'
import type { Endpoint } from 'comlink'

/**
 * A MessagePort as comlink wants it: with DOM-style listeners that get `{ data }`. Comlink's own adapter does the same but
 * has no types that this project's module resolution finds.
 */
export function comlinkEndpoint(port: MessagePort): Endpoint {
  const listeners = new Map<unknown, (data: unknown) => void>()
  return {
    postMessage: (message: unknown, transfer: unknown[] = []) => {
      port.postMessage(message, transfer as Parameters<MessagePort['postMessage']>[1])
    },
    addEventListener: (_type: string, listener: unknown) => {
      const handle = (data: unknown) => {
        if (typeof listener === 'function') listener({ data })
      }
      listeners.set(listener, handle)
      port.on('message', handle)
    },
    removeEventListener: (_type: string, listener: unknown) => {
      const handle = listeners.get(listener)
      if (handle !== undefined) port.off('message', handle)
      listeners.delete(listener)
    },
    start: () => port.start(),
  } as Endpoint
}
