import type { Environment } from '../../config/environment-values.js'
import type { ConfigWarning } from '../../config/errors.js'
import type { Loaded } from '../../config/parse.js'
import { valueAt } from '../../config/value-at.js'
import { placedWebhooks } from '../../preflight/placed-webhooks.js'

/** Where the configuration leaves something open that Sockudo fills in otherwise. @param input as the file has it */
export function differences(input: unknown, { effective }: Loaded, environment: Environment): readonly ConfigWarning[] {
  return [...queueDriver(input, environment), ...enabledApps(input), ...lambdaRegions(effective)]
}

function queueDriver(input: unknown, environment: Environment): readonly ConfigWarning[] {
  const isGiven = valueAt(input, ['queue', 'driver']) != null || Boolean(environment.QUEUE_DRIVER?.trim())
  return isGiven ? [] : [note('queue.driver', 'not given, so memory is used; Sockudo would use redis')]
}

function enabledApps(input: unknown): readonly ConfigWarning[] {
  const open = [['app_manager', 'array', 'apps'], ['apps']].flatMap((path) => {
    const apps = valueAt(input, path)
    if (!Array.isArray(apps)) return []
    return apps.flatMap((app, index) => (valueAt(app, ['enabled']) == null ? [`${path.join('.')}[${index}]`] : []))
  })
  return summarised(open, 'enabled is not given, so the app is enabled; in Sockudo it would be disabled')
}

function lambdaRegions(effective: Loaded['effective']): readonly ConfigWarning[] {
  const open = [...placedWebhooks(effective)].filter(({ webhook }) => {
    return webhook.url == null && webhook.lambda?.region == null
  })
  return summarised(
    open.map(({ path }) => path),
    'no region is given, so the AWS SDK chooses one; Sockudo would use us-east-1',
  )
}

/** One note for all places, for there may be a million. */
function summarised([first, ...others]: readonly string[], what: string): readonly ConfigWarning[] {
  if (first === undefined) return []
  return [note(first, others.length === 0 ? what : `${what} (and ${others.length} more like this)`)]
}

function note(path: string, what: string): ConfigWarning {
  return { path, message: `${path}: ${what}` }
}
