import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Identity } from '../../../src/queue/slots/identity.js'

export interface RootOptions {
  readonly identity?: Identity
  readonly beatEveryMs?: number
}

export type Order =
  | { readonly kind: 'open'; readonly path: string; readonly options: RootOptions }
  | { readonly kind: 'claim'; readonly number: number | null }
  | { readonly kind: 'free' }
  | { readonly kind: 'churn'; readonly claims: number }
  | { readonly kind: 'isOurs' | 'release' | 'remove'; readonly number: number }
  | { readonly kind: 'leave' }

export type Answer =
  | { readonly value: unknown }
  | { readonly error: { readonly code: string | null; readonly message: string } }

export const elsewhere: Identity = { bootId: 'another boot', host: 'another host', pid: 1 }

/** A process that claims slots. */
export class Claimant {
  readonly #child: ChildProcess

  private constructor(uid: number | null) {
    this.#child = fork(join(import.meta.dirname, 'slot-process.js'), {
      execArgv: [],
      ...(uid === null ? {} : { uid, gid: uid }),
    })
  }

  /** @param uid the user that it runs as; only root may choose one */
  static async start(path: string, options: RootOptions = {}, uid: number | null = null): Promise<Claimant> {
    const claimant = new Claimant(uid)
    try {
      await claimant.#order({ kind: 'open', path, options })
    } catch (error) {
      await claimant.kill()
      throw error
    }
    return claimant
  }

  async claimLowest(): Promise<number> {
    return Number(await this.#order({ kind: 'claim', number: null }))
  }

  /** @returns whether it owns the slot now */
  async claim(number: number): Promise<boolean> {
    return (await this.#order({ kind: 'claim', number })) === number
  }

  async free(): Promise<unknown> {
    return await this.#order({ kind: 'free' })
  }

  async isOurs(number: number): Promise<unknown> {
    return await this.#order({ kind: 'isOurs', number })
  }

  async release(number: number): Promise<void> {
    await this.#order({ kind: 'release', number })
  }

  async remove(number: number): Promise<unknown> {
    return await this.#order({ kind: 'remove', number })
  }

  /** Owns slot 0 that many times; a violation is a time at which another owned it too. */
  async churn(claims: number): Promise<unknown> {
    return await this.#order({ kind: 'churn', claims })
  }

  /** Neither waits for an answer nor needs one. */
  startChurning(): void {
    this.#child.send({ kind: 'churn', claims: Number.MAX_SAFE_INTEGER } satisfies Order)
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal)
  }

  /** Ends it with SIGKILL. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }

  /** Lets it end by itself, with its slots unreleased. @returns its exit status */
  async leave(): Promise<unknown> {
    const ended = once(this.#child, 'exit')
    this.#child.send({ kind: 'leave' } satisfies Order)
    const [status] = await ended
    return status
  }

  async #order(order: Order): Promise<unknown> {
    const { promise, stop } = this.#nextAnswer()
    try {
      this.#child.send(order)
      const answer = await promise
      if ('error' in answer) throw Object.assign(new Error(answer.error.message), { code: answer.error.code })
      return answer.value
    } finally {
      stop.abort()
    }
  }

  #nextAnswer(): { promise: Promise<Answer>; stop: AbortController } {
    const stop = new AbortController()
    const { signal } = stop
    const answered = once(this.#child, 'message', { signal }).then(([answer]) => answer as Answer)
    const ended = once(this.#child, 'exit', { signal }).then((): Answer => {
      throw new Error('the process has ended')
    })
    ended.catch(() => null)
    return { promise: Promise.race([answered, ended]), stop }
  }
}

/** Runs with that many processes on one root and ends them. */
export async function withClaimants<Result>(
  starts: readonly Promise<Claimant>[],
  use: (...claimants: readonly Claimant[]) => Promise<Result>,
): Promise<Result> {
  const claimants = await Promise.all(starts)
  try {
    return await use(...claimants)
  } finally {
    await Promise.all(claimants.map((claimant) => claimant.kill()))
  }
}
