// time limit: 300 s
import { suite } from 'uvu'
import { crashAgainAndAgain, type WorldOptions } from '../../../scripts/journal-crashes/crash-world.js'

const test = suite('a journal on a disk that crashes')

/** Another seed each time finds more; a failure names its own. SIGNPOST_SEED sets the first. */
const firstSeed = Number(process.env.SIGNPOST_SEED ?? Date.now() % 1_000_000_000)

const crashesPerWorld = 250

async function crash(worlds: number, options: Omit<WorldOptions, 'seed' | 'crashes'>): Promise<void> {
  for (let world = 0; world < worlds; world++) {
    await crashAgainAndAgain({ seed: firstSeed + world, crashes: crashesPerWorld, ...options })
  }
}

test('keeps what was committed, and nothing else, through 6,000 crashes and power cuts', () => crash(24, {}))

test('does so on a disk that fails now and then, through 2,000 of them', () => crash(8, { failsEvery: 60 }))

test('does so when letters have to go, through 1,000 of them', () => crash(4, { letterBytes: 8192 }))

test('keeps what was written through 1,000 crashes when it syncs now and then only', () =>
  crash(4, { sync: 'process' }))

test.run()
