import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for a condition that nothing reports. The time limit of the test's file bounds it. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5)
}
