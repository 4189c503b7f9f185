import { projectRoot } from './project-root.js'
import { type Ended, runProgram } from './run-program.js'

/** Runs an ES module in a process of its own, where the package's own name resolves to what is built. */
export function runScript(source: string): Promise<Ended> {
  return runProgram(process.execPath, ['--input-type=module', '--eval', source], { cwd: projectRoot })
}
