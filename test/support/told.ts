import type { DispatcherEvents } from '../../src/dispatcher/events.js'
import type { Dispatcher } from '../../src/index.js'

/** What the dispatcher tells next under this name. */
export function told<Name extends keyof DispatcherEvents>(
  dispatcher: Dispatcher,
  name: Name,
): Promise<DispatcherEvents[Name][0]> {
  return new Promise((resolve) => {
    dispatcher.once(name, (report?: DispatcherEvents[Name][0]) => resolve(report as DispatcherEvents[Name][0]))
  })
}
