import { SERVER_KEYS } from '../sockudo-keys.js'
import { valueAt } from '../value-at.js'
import { appManager, apps } from './app-manager.js'
import { crossChecked, type Given, type Report, reportDuplicateIds } from './cross-check.js'
import { database, databasePooling } from './database.js'
import { deadLetters, dispatcher } from './dispatcher.js'
import { documented, optional, sharedSection } from './option.js'
import { queue } from './queue.js'
import { tolerant } from './tolerance.js'
import { webhooks } from './webhooks.js'

const options = sharedSection({
  webhooks: documented(webhooks.prefault({}), { description: 'How events are gathered and delivered.' }),
  dispatcher: documented(dispatcher.prefault({}), {
    description: 'The memory and the threads that events go through.',
  }),
  dead_letters: documented(deadLetters.prefault({}), { description: 'What is kept of deliveries that were given up.' }),
  queue: documented(queue.prefault({}), { description: 'Where batches wait.' }),
  app_manager: documented(appManager.prefault({}), { description: 'Where the apps are.' }),
  database: documented(database.prefault({}), { description: 'Servers of the queue and of the app manager.' }),
  database_pooling: documented(databasePooling.prefault({}), { description: 'Connections to the app manager.' }),
  apps: optional(apps, 'The same as `app_manager.array.apps`, in short.'),
})

/** The whole configuration. Sections that are not named here are Sockudo's own. */
export const config = documented(
  crossChecked(tolerant(options, { foreignKeys: SERVER_KEYS }), (given, report) => {
    reportDuplicateIds(given, [['app_manager', 'array', 'apps'], ['apps']], report)
    reportSmallArena(given, report)
    reportSmallJournal(given, report)
  }),
  { description: 'Configuration of Signpost, in the shape of config.json of Sockudo.' },
)

const PAGE_ALLOWANCE_BYTES = 1024
const LEAST_PAGES = 8

/** An arena of fewer of the largest batches could not keep endpoints apart. */
function reportSmallArena(given: Given, report: Report): void {
  const maxBytes = valueAt(given, ['webhooks', 'batching', 'max_bytes'])
  const arenaBytes = valueAt(given, ['dispatcher', 'arena_bytes'])
  if (typeof maxBytes !== 'number' || typeof arenaBytes !== 'number') return
  const page = 2 ** Math.ceil(Math.log2(maxBytes + PAGE_ALLOWANCE_BYTES))
  const least = LEAST_PAGES * page
  if (arenaBytes >= least) return
  const expected = `at least ${least} bytes, ${LEAST_PAGES} pages that hold webhooks.batching.max_bytes (${maxBytes})`
  report({ path: ['dispatcher', 'arena_bytes'], expected })
}

/** A journal of fewer of the largest batches has segments that one does not fit into. */
const LEAST_BODIES = 16

function reportSmallJournal(given: Given, report: Report): void {
  const maxBytes = valueAt(given, ['webhooks', 'batching', 'max_bytes'])
  const journalBytes = valueAt(given, ['queue', 'disk', 'max_bytes'])
  if (valueAt(given, ['queue', 'driver']) !== 'disk') return
  if (typeof maxBytes !== 'number' || typeof journalBytes !== 'number') return
  const least = LEAST_BODIES * maxBytes
  if (journalBytes >= least) return
  const expected = `at least ${least} bytes, ${LEAST_BODIES} times webhooks.batching.max_bytes (${maxBytes})`
  report({ path: ['queue', 'disk', 'max_bytes'], expected })
}
