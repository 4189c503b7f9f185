import { median } from './statistics.js'

const ROUNDS = 5
const RUNS = 20

/**
 * Bytes that a run of the function allocates on this thread's heap: how much the heap grows over many runs, less what it grows over
 * what comes before each of them. Needs `--expose-gc`, and a young generation so large that no collection comes within a round: a
 * round in which the heap has shrunk is left out.
 * @throws when every round is such a one
 */
export function allocatedBytes(run: () => void, before: () => void = () => undefined): number {
  const growths: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const without = heapGrowth(before)
    const growth = heapGrowth(() => {
      before()
      run()
    })
    if (without >= 0 && growth >= 0) growths.push(Math.max(growth - without, 0) / RUNS)
  }
  if (growths.length === 0) throw new Error('a collection came within every round')
  return median(growths)
}

function heapGrowth(run: () => void): number {
  if (globalThis.gc === undefined) throw new Error('the process was started without --expose-gc')
  globalThis.gc()
  const before = process.memoryUsage().heapUsed
  for (let count = 0; count < RUNS; count++) run()
  return process.memoryUsage().heapUsed - before
}
