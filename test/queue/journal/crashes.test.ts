import { suite } from 'uvu'
import { crashAgainAndAgain } from './support/crash-world.js'

const test = suite('a journal on a disk that crashes')

/** Another seed each time finds more; what it was is in the message. */
const seed = Number(process.env.SIGNPOST_SEED ?? Date.now() % 1_000_000)

test('keeps what was committed, and nothing else', async () => {
  for (let world = 0; world < 5; world++) await crashAgainAndAgain({ seed: seed + world, crashes: 200 })
})

test.run()
