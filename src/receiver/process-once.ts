import type { DuplicateStore } from './duplicates.js'
import { WebhookError } from './webhook-error.js'

export type Processed = 'processed' | 'duplicate' | WebhookError

/**
 * Processes a delivery that has not been processed before. One that fails is forgotten, so that the sender's next attempt
 * is processed. Once it has been processed that stands, whatever becomes of the store: such a failure is only reported.
 * @param process never rejects
 */
export async function processOnce(
  store: DuplicateStore,
  id: string,
  process: () => Promise<Processed>,
  report: (error: WebhookError) => void,
): Promise<Processed> {
  const claim = await inStore(() => store.claim(id))
  if (claim instanceof WebhookError) return claim
  if (claim === 'done') return 'duplicate'
  if (claim === 'in-progress') return new WebhookError('IN_PROGRESS', 'this delivery is being processed; try again')
  const result = await process()
  const settled = await inStore(() => (result === 'processed' ? store.complete(id) : store.release(id)))
  if (settled instanceof WebhookError) report(settled)
  return result
}

async function inStore<T>(step: () => T | Promise<T>): Promise<T | WebhookError> {
  try {
    return await step()
  } catch (cause) {
    return new WebhookError('STORE_FAILED', 'the store of processed deliveries failed', { cause })
  }
}
