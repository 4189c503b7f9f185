// time limit: 300 s
import { suite } from 'uvu'
import { isLong } from '../../support/effort.js'
import { crashAgainAndAgain, type WorldOptions } from './support/crash-world.js'

const test = suite('a journal on a disk that crashes')

/** Another seed each time finds more; a failure names its own. SIGNPOST_SEED sets the first. */
const firstSeed = Number(process.env.SIGNPOST_SEED ?? Date.now() % 1_000_000_000)

const crashesPerWorld = isLong ? 250 : 75

async function crash(worlds: number, options: Omit<WorldOptions, 'seed' | 'crashes'>): Promise<void> {
  for (let world = 0; world < worlds; world++) {
    await crashAgainAndAgain({ seed: firstSeed + world, crashes: crashesPerWorld, ...options })
  }
}

const times = (worlds: number): string => `${worlds * crashesPerWorld} times`

test(`keeps what was committed, and nothing else, ${times(24)}, also by a power cut`, () => crash(24, {}))

test(`does so on a disk that fails now and then, ${times(8)}`, () => crash(8, { failsEvery: 60 }))

test(`does so when letters have to go, ${times(4)}`, () => crash(4, { letterBytes: 8192 }))

test(`keeps what was written, ${times(4)}, when it syncs now and then only`, () => crash(4, { sync: 'process' }))

test.run()
