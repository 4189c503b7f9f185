/**
 * One measurement, in the process that it gets for itself: `measurement.js SCENARIO CASE CONTENDER full|quick`. Sends what it has
 * found to its parent, or the error.
 */
import { inspect } from 'node:util'
import type { Measured } from './scenario.js'
import { scenarioNamed } from './scenarios/index.js'

export type Answer = { readonly measured: Measured } | { readonly error: string }

const [scenarioName = '', title = '', contender = '', length = ''] = process.argv.slice(2)

async function measure(): Promise<Measured> {
  const scenario = await scenarioNamed(scenarioName)
  const found = scenario
    .cases(length === 'quick')
    .find((one) => one.title === title)
    ?.entrants.find(({ name }) => name === contender)
  if (found === undefined) throw new RangeError(`${scenarioName} has no ${JSON.stringify({ title, contender })}`)
  return found.measure()
}

function answer(value: Answer): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) {
      console.log(inspect(value, { depth: null }))
      resolve()
    } else process.send(value, () => resolve())
  })
}

process.on('uncaughtException', async (error) => {
  await answer({ error: inspect(error) })
  process.exit(1)
})
await answer({ measured: await measure() })
process.exit()
