import { app } from './app.js'
import { optional, setting, sharedSection } from './option.js'
import { tolerant } from './tolerance.js'
import { choice, integer, list, toggle } from './values.js'

const day = 86_400_000

const DRIVERS = ['memory', 'mysql', 'pgsql', 'dynamodb'] as const

/** Databases that Sockudo can read its apps from, and Signpost cannot. */
const OTHERS = ['surrealdb', 'surreal', 'scylladb', 'scylla'] as const

const PGSQL = ['postgres', 'postgresql']

export const apps = list(app, 'apps')

const cache = tolerant(
  sharedSection({
    enabled: optional(toggle(), "A setting of Sockudo's that Signpost ignores."),
    ttl: optional(
      integer({ min: 0, max: 365 * 86_400, unit: 's', clamps: 'too much' }),
      'How often the database is polled for changes while `poll_interval_ms` is not given; 0 for never. `CACHE_TTL_SECONDS` overrides it.',
      { default: null },
    ),
  }),
  { isForeign: true },
)

export const appManager = tolerant(
  sharedSection({
    driver: setting(driver(), 'memory', 'Where the apps come from. `APP_MANAGER_DRIVER` overrides it.'),
    array: optional(
      sharedSection({ apps: optional(apps, 'The apps.') }),
      'Apps in the file; each replaces an app of the database with the same id.',
    ),
    poll_interval_ms: optional(
      integer({ min: 0, max: day, unit: 'ms' }),
      'How often the database is polled for changes; 0 for never. When not given, `cache.ttl` applies, otherwise 5 s.',
      { default: null },
    ),
    on_unavailable: setting(
      choice(['fail', 'start']),
      'fail',
      'What to do when the database cannot be reached at the start: fail, or start without its apps and keep trying.',
    ),
    allow_mass_deletion: setting(
      toggle(),
      false,
      'Whether more than half of the apps may disappear at once without a second check.',
    ),
    cache: optional(cache, "Sockudo's cache of the apps."),
  }),
  { foreignKeys: ['scylladb'] },
)

function driver() {
  return tolerant(
    choice(DRIVERS, (given) => {
      return OTHERS.some((name) => name === given)
        ? `another driver: only Sockudo has ${given}. Use "mysql", "pgsql" or "dynamodb", or list the apps in app_manager.array.apps; ` +
            'APP_MANAGER_DRIVER sets it without changing the file'
        : null
    }),
    { repair: (given) => (typeof given === 'string' && PGSQL.includes(given) ? 'pgsql' : given) },
  )
}
