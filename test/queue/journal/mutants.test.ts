// time limit: 300 s
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { crashAgainAndAgain } from '../../../scripts/journal-crashes/crash-world.js'
import { mutants } from './support/mutants.js'

const test = suite('the simulated disk finds out')

const worlds = 40
const crashesPerWorld = 250

/** @returns whether some seed finds the mutant out */
async function isCaught(options: (typeof mutants)[string]): Promise<boolean> {
  for (let seed = 1; seed <= worlds; seed++) {
    try {
      await crashAgainAndAgain({ seed, crashes: crashesPerWorld, ...options })
    } catch {
      return true
    }
  }
  return false
}

for (const [name, options] of Object.entries(mutants)) {
  test(`that ${name}`, async () => {
    assert.ok(await isCaught(options))
  })
}

test.run()
