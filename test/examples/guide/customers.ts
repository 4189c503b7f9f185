import { type AppInput, ConfigError, type Dispatcher } from 'signpost'

/** Adds or changes a customer's app while events flow. Returns what is wrong with it, or nothing. */
export async function saveApp(dispatcher: Dispatcher, app: AppInput): Promise<readonly string[]> {
  try {
    await dispatcher.apps.set(app) // resolves when it is in force
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ message }) => message)
  }
}
