import { execFile } from 'node:child_process'
import type { Logger } from '../../index.js'

/** Sends a message of `sd_notify(3)`, an assignment each. */
export type SendToManager = (assignments: readonly string[]) => Promise<void>

const PROGRAM = 'systemd-notify'
/** A manager that does not take a message must not keep the program from ending. */
const SEND_TIMEOUT_MS = 5000

/**
 * Node has no datagram sockets of the Unix domain, which `NOTIFY_SOCKET` is, so systemd's own program sends the message. It waits
 * until the manager has read it, so that the manager still finds the sender among the processes of the unit.
 */
export const sendBySystemdNotify: SendToManager = (assignments) =>
  new Promise((resolve, reject) => {
    execFile(PROGRAM, [...assignments], { timeout: SEND_TIMEOUT_MS }, (error) => {
      if (error === null) resolve()
      else reject(error)
    })
  })

export interface ServiceManagerSettings {
  /** How often the watchdog wants to hear something, in ms; null: it does not watch. */
  readonly watchdogMs: number | null
  readonly send: SendToManager
  readonly logger: Logger
}

/** Tells the service manager how the program is getting on. Messages arrive in the order in which they were sent. */
export class ServiceManager {
  readonly #settings: ServiceManagerSettings
  #sent: Promise<void> = Promise.resolve()
  #watchdog: NodeJS.Timeout | null = null
  #hasFailed = false
  #isStopping = false

  constructor(settings: ServiceManagerSettings) {
    this.#settings = settings
  }

  /** The program runs. From now on the watchdog hears from it for as long as its event loop turns. */
  ready(): void {
    if (this.#isStopping) return
    this.#send('READY=1')
    const { watchdogMs } = this.#settings
    if (watchdogMs === null || this.#watchdog !== null) return
    this.#watchdog = setInterval(() => this.#send('WATCHDOG=1'), watchdogMs)
  }

  /** @param monotonicUs the system's monotonic clock, in µs */
  reloading(monotonicUs: bigint): void {
    if (this.#isStopping) return
    this.#send('RELOADING=1', `MONOTONIC_USEC=${monotonicUs}`)
  }

  /** The program is about to end, which it does not take back. The watchdog goes on hearing from it. */
  stopping(): void {
    this.#isStopping = true
    this.#send('STOPPING=1')
  }

  /** Sends nothing more. Resolves when everything has been sent. */
  async close(): Promise<void> {
    if (this.#watchdog !== null) clearInterval(this.#watchdog)
    await this.#sent
  }

  #send(...assignments: string[]): void {
    const { send, logger } = this.#settings
    this.#sent = this.#sent
      .then(() => send(assignments))
      .catch((error: unknown) => {
        // The next ones will fail for the same reason.
        if (this.#hasFailed) return
        this.#hasFailed = true
        logger.error({ err: error, assignments }, `the service manager could not be notified through ${PROGRAM}`)
      })
  }
}

/** @returns null when no service manager wants to hear anything */
export function serviceManagerOf(
  environment: Readonly<Record<string, string | undefined>>,
  processId: number,
  logger: Logger,
): ServiceManager | null {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = environment
  if (NOTIFY_SOCKET === undefined || NOTIFY_SOCKET === '') return null
  const isWatched = WATCHDOG_PID === undefined || WATCHDOG_PID === String(processId)
  const limitMs = isWatched ? Number(WATCHDOG_USEC ?? 0) / 1000 : 0
  // Half of the limit, as sd_watchdog_enabled(3) recommends.
  const watchdogMs = limitMs > 0 ? limitMs / 2 : null
  return new ServiceManager({ watchdogMs, send: sendBySystemdNotify, logger })
}
