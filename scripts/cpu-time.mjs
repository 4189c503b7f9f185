import { existsSync, readFileSync } from 'node:fs'

const statusFile = '/proc/self/stat'
/** The kernel counts in hundredths of a second, whatever its own timer does: proc(5), times(2). */
const tickMs = 10

/** CPU time, user and system, in ms, of all children that have ended, and of those that they had waited for; 0 where there is no /proc. */
export function cpuOfEndedChildren() {
  if (!existsSync(statusFile)) return 0
  const status = readFileSync(statusFile, 'latin1')
  // The name in brackets may hold spaces; the state, the third field, comes after it.
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ')
  const [user, system] = fields.slice(13, 15).map(Number)
  return (user + system) * tickMs
}
