import { Bench } from 'tinybench'
import { EMIT_TASKS } from '../functions/emit.js'
import { ENCODE_TASKS } from '../functions/encode.js'
import { RING_TASKS } from '../functions/ring.js'
import { OPERATIONS_PER_RUN, type Task } from '../functions/task.js'
import { allocatedBytes } from '../measure/allocation.js'
import { entrants, type Measured, type Scenario } from '../scenario.js'

const TIME = 'ns an operation'
const ALLOCATION = 'bytes allocated an operation'

const TASKS = { ...EMIT_TASKS, ...RING_TASKS, ...ENCODE_TASKS }

async function measure({ run, before }: Task, timeMs: number): Promise<Measured> {
  const bench = new Bench({ time: timeMs, warmupTime: timeMs / 2 })
  bench.add('task', run, before === undefined ? {} : { beforeEach: before })
  await bench.run()
  const [task] = bench.tasks
  if (task === undefined || !('latency' in task.result)) throw new Error('tinybench has measured nothing')
  return {
    figures: {
      [TIME]: (task.result.latency.p50 * 1e6) / OPERATIONS_PER_RUN,
      [ALLOCATION]: allocatedBytes(run, before) / OPERATIONS_PER_RUN,
    },
  }
}

export const functions: Scenario = {
  title: 'Functions of the hot path',
  method:
    `The median of tinybench’s runs of ${OPERATIONS_PER_RUN} operations each. Allocation is the growth of the thread’s heap over 20 such ` +
    'runs after the warm-up, with a young generation so large that nothing is collected meanwhile; what lies outside the heap is not in it.',
  figures: [
    { name: TIME, better: 'less', isDrawn: true },
    { name: ALLOCATION, better: 'less' },
  ],
  nodeOptions: ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64'],
  turns: { full: 2, quick: 1 },
  cases: (isQuick) =>
    Object.entries(isQuick ? EMIT_TASKS : TASKS).map(([title, prepare]) => ({
      title,
      entrants: entrants(['Signpost'], () => measure(prepare(), isQuick ? 100 : 200)),
    })),
}
