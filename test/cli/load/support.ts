import type { DriverReport, ReceiverReport } from '../../../src/cli/load/messages.js'
import type { LoadSettings } from '../../../src/cli/load/settings.js'

export const SETTINGS: LoadSettings = {
  rate: 1000,
  seconds: 10,
  events: null,
  apps: 3,
  distribution: 'even',
  mix: { member: 1 },
  payload: { least: 100, most: 100 },
  batchSize: 100,
  batchMs: 50,
  shards: null,
  endpoints: 2,
  receivers: 2,
  delayMs: 0,
  delayShare: 1,
  failShare: 0,
  verify: 1,
  seed: 1,
  warmUpSeconds: 0,
  drainSeconds: 10,
}

export function driverReport(changes: Partial<DriverReport> = {}): DriverReport {
  return {
    phase: 'emitting',
    atMs: 5000,
    emittingMs: 0,
    runMs: 0,
    accepted: 0,
    refused: {},
    delivered: 0,
    deliveredRequests: 0,
    attempts: 0,
    retries: 0,
    deadLettered: 0,
    loopDelayMs: { p50: 0.1, p99: 1, recentP99: 2 },
    rssBytes: 100 * 1024 * 1024,
    mainThreadCpuNs: 0,
    allThreadsCpuNs: 0,
    ...changes,
  }
}

export function receiverReport(changes: Partial<ReceiverReport> = {}): ReceiverReport {
  return {
    port: 1,
    requests: 0,
    received: 0,
    repeated: 0,
    failed: 0,
    checked: 0,
    wrongSignatures: 0,
    unreadable: 0,
    latency: { counts: new Float64Array(), max: 0 },
    ...changes,
  }
}
