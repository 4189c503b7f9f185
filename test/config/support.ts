import { ConfigError, type ConfigProblem, parseConfig } from '../../src/config/index.js'

/** The problems that `act` throws; none: it throws no ConfigError. */
export function problemsOf(act: () => unknown): readonly ConfigProblem[] {
  try {
    act()
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

export function pathsOf(input: unknown): readonly string[] {
  return problemsOf(() => parseConfig(input)).map(({ path }) => path)
}

export const credentials = { id: 'app', key: 'app-key', secret: 'app-secret' }

/** A configuration with one app of one webhook, which differs from a good one by `webhook`. */
export function withWebhook(webhook: object): object {
  const good = { url: 'https://example.com/hook', event_types: ['member_added'] }
  return { apps: [{ ...credentials, webhooks: [{ ...good, ...webhook }] }] }
}

/** The path of an option of the webhook of `withWebhook`. */
export function inWebhook(option: string): string {
  return `apps[0].webhooks[0]${option}`
}
