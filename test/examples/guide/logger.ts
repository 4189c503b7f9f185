import { createDispatcher, type Dispatcher } from 'signpost'

/** Any object with these three methods does; pino's logger has them. */
const logger = {
  info: (fields: object, message: string) => console.log(message, fields),
  warn: (fields: object, message: string) => console.warn(message, fields),
  error: (fields: object, message: string) => console.error(message, fields),
}

export function start(config: string): Promise<Dispatcher> {
  return createDispatcher(config, { logger })
}
