/** Crashes the journal on the simulated disk again and again, with another seed for each world, and shows how far it has come. */
import { crashAgainAndAgain, type WorldOptions } from './journal-crashes/crash-world.js'

const CRASHES_PER_WORLD = 500
const SHOWN_EVERY_MS = 10_000

/** What the worlds are like, in turns. */
const KINDS: readonly Omit<WorldOptions, 'seed' | 'crashes'>[] = [
  {},
  {},
  { failsEvery: 60 },
  { failsEvery: 300 },
  { letterBytes: 8192 },
  { sync: 'process' },
]

export interface JournalSoakOptions {
  readonly crashes: number
  readonly firstSeed: number
  readonly onProgress?: (line: string) => void
}

export interface JournalSoakReport {
  readonly crashes: number
  /** One message for each world in which something was lost or came back. */
  readonly failures: readonly string[]
}

export async function soakJournal({
  crashes,
  firstSeed,
  onProgress = () => undefined,
}: JournalSoakOptions): Promise<JournalSoakReport> {
  const failures: string[] = []
  let done = 0
  let shownAt = performance.now()
  for (let world = 0; done < crashes; world++) {
    const options = { ...KINDS[world % KINDS.length], seed: firstSeed + world, crashes: CRASHES_PER_WORLD }
    try {
      await crashAgainAndAgain(options)
    } catch (error) {
      failures.push(`${JSON.stringify(options)}: ${error instanceof Error ? error.message : error}`)
      onProgress(failures.at(-1) ?? '')
    }
    done += CRASHES_PER_WORLD
    if (performance.now() - shownAt < SHOWN_EVERY_MS) continue
    shownAt = performance.now()
    onProgress(`${done} of ${crashes} crashes, ${failures.length} worlds failed`)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { crashes: done, failures }
}
