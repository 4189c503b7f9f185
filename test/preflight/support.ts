import { type Loaded, readConfig } from '../../src/config/index.js'
import type { PreflightPorts } from '../../src/preflight/ports.js'

/** A machine on which everything is installed, no file is there and no region is set; it connects to nothing. */
export const BARE: PreflightPorts = {
  readFile: (path) => Promise.reject(Object.assign(new Error(path), { code: 'ENOENT' })),
  hasPackage: () => true,
  awsRegion: async () => null,
  connect: null,
}

export function loaded(input: object): Loaded {
  const reading = readConfig(input, {})
  if (reading.loaded === null) throw new Error(JSON.stringify(reading.problems))
  return reading.loaded
}
