/** What a pool of the tests runs in each of its threads: a task that never ends; null: one that ends at once. */
export default function run(task: object | null): Promise<void> | undefined {
  if (task === null) return undefined
  setInterval(() => undefined, 60_000)
  return new Promise(() => undefined)
}
