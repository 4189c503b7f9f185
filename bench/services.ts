import { parseOptions, UsageError } from './options.js'
import { scenarioNamed } from './scenarios/index.js'

/** Programs beyond npm that this command line needs: those of the peers, where they run. */
export async function servicesFor(args: readonly string[]): Promise<string[]> {
  try {
    const { scenarios, compareWith, action, isQuick } = parseOptions(args)
    if (action !== 'run' || compareWith !== null) return []
    const all = await Promise.all(scenarios.map(scenarioNamed))
    const names = all.flatMap((scenario) => scenario.cases(isQuick).flatMap(({ entrants }) => entrants))
    return names.some(({ name }) => name.startsWith('BullMQ')) ? ['redis-server'] : []
  } catch (error) {
    if (error instanceof UsageError) return []
    throw error
  }
}
