import { pageBytesFor } from '../../page-bytes.js'
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
    description: 'The threads and the memory that events pass through.',
  }),
  dead_letters: documented(deadLetters.prefault({}), {
    description: 'How many dead letters are kept, and for how long.',
  }),
  queue: documented(queue.prefault({}), { description: 'Where batches wait.' }),
  app_manager: documented(appManager.prefault({}), { description: 'Where the apps come from.' }),
  database: documented(database.prefault({}), { description: 'Servers that the queue and the app manager use.' }),
  database_pooling: documented(databasePooling.prefault({}), {
    description: "Connections to the app manager's database.",
  }),
  apps: optional(apps, 'A short form of `app_manager.array.apps`.'),
})

/** The whole configuration. Sections that are not named here are Sockudo's own. */
export const config = documented(
  crossChecked(tolerant(options, { foreignKeys: SERVER_KEYS }), (given, report) => {
    reportDuplicateIds(given, [['app_manager', 'array', 'apps'], ['apps']], report)
    reportSmallArena(given, report)
    reportSmallJournal(given, report)
  }),
  { description: "Signpost's configuration, in the shape of Sockudo's config.json." },
)

const LEAST_PAGES = 8

/** An arena of fewer of the largest batches could not keep endpoints apart. */
function reportSmallArena(given: Given, report: Report): void {
  const maxBytes = valueAt(given, ['webhooks', 'batching', 'max_bytes'])
  const arenaBytes = valueAt(given, ['dispatcher', 'arena_bytes'])
  if (typeof maxBytes !== 'number' || typeof arenaBytes !== 'number') return
  const least = LEAST_PAGES * pageBytesFor(maxBytes)
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
