import { setTimeout as sleep } from 'node:timers/promises'

const LIMIT_MS = 60_000

/**
 * Waits until a server that was just started answers.
 * @throws Error when it does not within a minute
 */
export async function untilReady(server: string, answers: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + LIMIT_MS
  while (!(await answers())) {
    if (performance.now() > endMs) throw new Error(`${server} does not answer ${LIMIT_MS / 1000} s after its start`)
    await sleep(5)
  }
}
