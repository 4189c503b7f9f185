import { parseOptions, UsageError } from './options.js'
import { scenarioNamed } from './scenarios/index.js'

/** By what the names of those that need them begin with. */
const PROGRAMS: Readonly<Record<string, string>> = {
  BullMQ: 'redis-server',
  'Signpost, redis': 'redis-server',
  MariaDB: 'mariadbd',
  PostgreSQL: 'postgres',
}

/** Programs beyond npm that this command line needs: those of the peers and of the databases, where they run. */
export async function servicesFor(args: readonly string[]): Promise<string[]> {
  try {
    const { scenarios, compareWith, action, isQuick } = parseOptions(args)
    if (action !== 'run' || compareWith !== null) return []
    const all = await Promise.all(scenarios.map(scenarioNamed))
    const names = all.flatMap((scenario) => scenario.cases(isQuick).flatMap(({ entrants }) => entrants))
    const needed = Object.entries(PROGRAMS).filter(([start]) => names.some(({ name }) => name.startsWith(start)))
    return needed.map(([, program]) => program)
  } catch (error) {
    if (error instanceof UsageError) return []
    throw error
  }
}
