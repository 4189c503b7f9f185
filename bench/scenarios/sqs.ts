import { SQS_ENVIRONMENT } from '../../scripts/servers/sqs.js'
import type { Job, JobTarget } from '../../src/queue/job.js'
import type { JobHolder, OpenStore } from '../../src/queue/job-store.js'
import { openSqsStore } from '../../src/queue/sqs/index.js'
import { SqsServerProcess } from '../harness/sqs-server-process.js'
import { jobNumber } from '../harness/stored-jobs.js'
import type { Measured, Scenario } from '../scenario.js'

const RATE = 'batches/s sent, received and deleted'
const CPU = 'CPU of the process, µs per batch'

const JOBS_PER_GROUP = 100
/** Batches that are on their way. */
const MOST_OPEN = 500
const TARGETS: readonly JobTarget[] = Array.from({ length: 100 }, (_, index) => ({
  app: `app-${index}`,
  endpoint: 'hook',
}))

/** Arenas that have nothing to give back. */
const HOLDER: JobHolder = {
  parked: () => undefined,
  drop: async () => undefined,
  lost: () => undefined,
  mayAttemptUntil: () => undefined,
}

/** Sends, receives and deletes as a process does that both adds to the queue and consumes it. */
class Turnover {
  done = 0
  #sent = 0
  #isOver = false
  readonly #jobs: OpenStore['jobs']
  readonly #bodyBytes: number

  constructor({ jobs }: OpenStore, bodyBytes: number) {
    this.#jobs = jobs
    this.#bodyBytes = bodyBytes
  }

  async until(over: Promise<void>): Promise<void> {
    const loops = [this.#send(), this.#deliver()]
    await over
    this.#isOver = true
    await Promise.all(loops)
  }

  async #send(): Promise<void> {
    const filler = 'x'.repeat(this.#bodyBytes)
    while (!this.#isOver) {
      if (this.#sent - this.done > MOST_OPEN) {
        await pause()
        continue
      }
      const jobs = Array.from({ length: JOBS_PER_GROUP }, (): Job => {
        const job = jobNumber(this.#sent++, TARGETS[this.#sent % TARGETS.length] ?? { app: '', endpoint: '' })
        const body = Buffer.from(filler)
        return { head: { ...job.head, bodyBytes: body.length }, body }
      })
      await this.#jobs.commit({ jobs, changes: [] })
    }
  }

  async #deliver(): Promise<void> {
    while (!this.#isOver) {
      const backlogs = [...this.#jobs.backlogs()]
      const heads = (await Promise.all(backlogs.map(({ target }) => this.#jobs.take(target, JOBS_PER_GROUP)))).flat()
      if (heads.length === 0) {
        await pause()
        continue
      }
      await this.#jobs.commit({ jobs: [], changes: heads.map(({ id }) => ({ kind: 'done', id })) })
      this.done += heads.length
    }
  }
}

function pause(ms = 1): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function measure(isFifo: boolean, bodyBytes: number, seconds: number): Promise<Measured> {
  Object.assign(process.env, SQS_ENVIRONMENT)
  const server = await SqsServerProcess.start()
  const { store } = await openSqsStore({
    ...{ region: 'us-east-1', endpointUrl: server.url, queueUrlPrefix: null, isFifo, isConsumer: true },
    ...{ visibilityTimeoutMs: 30_000, maxMessages: 10, waitTimeSeconds: 1, concurrency: 5 },
    ...{ maxBodyBytes: 256 * 1024, longestBudgetMs: 300_000 },
  })
  store.handedOver?.serve(HOLDER)
  try {
    await new Turnover(store, bodyBytes).until(pause(1000))
    const turnover = new Turnover(store, bodyBytes)
    const cpu = process.cpuUsage()
    const startMs = performance.now()
    await turnover.until(pause(seconds * 1000))
    const tookSeconds = (performance.now() - startMs) / 1000
    const { user, system } = process.cpuUsage(cpu)
    return { figures: { [RATE]: turnover.done / tookSeconds, [CPU]: (user + system) / turnover.done } }
  } finally {
    await store.handedOver?.stop()
    await store.jobs.close()
    await server.stop()
  }
}

const entrants = (bodyBytes: number, seconds: number) => [
  { name: 'Signpost, standard queue', measure: () => measure(false, bodyBytes, seconds) },
  { name: 'Signpost, FIFO queue', measure: () => measure(true, bodyBytes, seconds) },
]

export const sqs: Scenario = {
  title: 'The queue in SQS',
  method:
    `Through the port of a job store, on one thread: groups of ${JOBS_PER_GROUP} batches for ${TARGETS.length} endpoints are sent, received and deleted. The server is fauxqs, ` +
    'in a process of its own on the same machine, so that the rate is bounded by it, and by AWS in another way; the CPU time is that of the sending process alone, most of it in the AWS SDK.',
  figures: [
    { name: RATE, better: 'more', isDrawn: true },
    { name: CPU, better: 'less' },
  ],
  turns: { full: 3, quick: 1 },
  cases: (isQuick) => [
    { title: 'bodies of 500 B', entrants: entrants(500, isQuick ? 2 : 5) },
    { title: 'bodies of 20 kB', entrants: entrants(20_000, isQuick ? 2 : 5) },
  ],
}
