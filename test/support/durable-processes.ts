import { type ChildProcess, fork } from 'node:child_process'
import cluster from 'node:cluster'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { AppInput, ConfigInput, Stats, StoreRecovery, Undelivered } from '../../src/index.js'

/** How a process runs. */
export interface Run {
  readonly config: ConfigInput
  /** Emits an event per app and turn, from this number on: `<app>-<number>` is its channel. */
  readonly load: { readonly apps: readonly string[]; readonly from: number; readonly perTurn: number } | null
  /** How often it looks for what other processes left, in ms. */
  readonly takeOverEveryMs?: number
  /** As a worker of node:cluster. */
  readonly isClustered?: boolean
}

/** What a process is told. It answers each with the report of that name. */
export type Order =
  | { readonly kind: 'set'; readonly apps: readonly AppInput[] }
  /** Emits the events of these numbers, and waits until they are persisted. */
  | { readonly kind: 'emit'; readonly app: string; readonly from: number; readonly to: number }
  | { readonly kind: 'stats' }
  | { readonly kind: 'close'; readonly timeout: number }

export type Report =
  | { readonly kind: 'ready'; readonly recovery: StoreRecovery }
  /** Every event of the load before this number is persisted. */
  | { readonly kind: 'persisted'; readonly upTo: number }
  | { readonly kind: 'set' }
  | { readonly kind: 'emitted' }
  | { readonly kind: 'stats'; readonly stats: Stats }
  | { readonly kind: 'closed'; readonly left: Undelivered }

type ReportOf<Kind extends Report['kind']> = Extract<Report, { kind: Kind }>

const PROGRAM = fileURLToPath(new URL('./durable-process.js', import.meta.url))

/** A dispatcher in a process of its own. */
export class DurableProcess implements AsyncDisposable {
  /** Every event of the load before this number is persisted. */
  persisted: number
  confirmations = 0
  readonly #child: ChildProcess

  private constructor(run: Run) {
    this.persisted = run.load?.from ?? 0
    this.#child = run.isClustered === true ? forkWorker(run) : fork(PROGRAM, [JSON.stringify(run)])
    this.#child.on('message', (report: Report) => {
      if (report.kind !== 'persisted') return
      this.persisted = report.upTo
      this.confirmations += 1
    })
  }

  static async start(run: Run): Promise<{ readonly started: DurableProcess; readonly recovery: StoreRecovery }> {
    const started = new DurableProcess(run)
    const { recovery } = await started.#next('ready')
    return { started, recovery }
  }

  async set(apps: readonly AppInput[]): Promise<void> {
    await this.#order({ kind: 'set', apps }, 'set')
  }

  async emit(app: string, from: number, to: number): Promise<void> {
    await this.#order({ kind: 'emit', app, from, to }, 'emitted')
  }

  async stats(): Promise<Stats> {
    return (await this.#order({ kind: 'stats' }, 'stats')).stats
  }

  async close(timeout: number): Promise<Undelivered> {
    const { left } = await this.#order({ kind: 'close', timeout }, 'closed')
    await this.#ended()
    return left
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }

  async #order<Kind extends Report['kind']>(order: Order, answer: Kind): Promise<ReportOf<Kind>> {
    const next = this.#next(answer)
    this.#child.send(order)
    return next
  }

  #next<Kind extends Report['kind']>(kind: Kind): Promise<ReportOf<Kind>> {
    return new Promise((resolve, reject) => {
      const receive = (report: Report): void => {
        if (report.kind !== kind) return
        this.#child.off('message', receive)
        this.#child.off('exit', fail)
        resolve(report as ReportOf<Kind>)
      }
      const fail = (): void => reject(new Error(`the process ended before it was ${kind}`))
      this.#child.on('message', receive)
      this.#child.once('exit', fail)
    })
  }

  async #ended(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
  }
}

function forkWorker(run: Run): ChildProcess {
  cluster.setupPrimary({ exec: PROGRAM, args: [JSON.stringify(run)] })
  return cluster.fork().process
}
