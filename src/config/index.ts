export type { Environment } from './environment-values.js'
export {
  ConfigError,
  ConfigFileError,
  type ConfigFileErrorCode,
  type ConfigProblem,
  type ConfigWarning,
} from './errors.js'
export type * from './input.js'
export { type LoadOptions, load, loadConfig, toLoadOptions } from './load.js'
export type * from './model.js'
export { type Loaded, parseApp, parseConfig, readApp, readConfig, validateWebhook } from './parse.js'
