import { buffer } from 'node:stream/consumers'
import { Command } from 'commander'
import { readBytes } from '../config/load.js'
import { assertSupported } from '../config/source.js'
import { nodePorts } from '../preflight/node-ports.js'
import { type CheckInput, checkConfig } from './check/check-config.js'

interface GivenOptions {
  readonly json: boolean
  readonly effective: boolean
  readonly strict: boolean
  readonly connect: boolean
}

const PROBLEMS_STATUS = 1
const USAGE_STATUS = 2
const STANDARD_INPUT = '-'

/** The command `signpost check`. */
export function checkCommand(): Command {
  return new Command('check')
    .summary('check a configuration')
    .description(
      'Checks a configuration, and the files and packages that it needs, as a start does. ' +
        'Exits with status 1 if there are problems. Connects to nothing unless --connect is given.',
    )
    .argument('<file>', 'a .json or .toml file, or - for standard input')
    .option('--json', 'print JSON', false)
    .option('--effective', 'print the effective configuration with every default filled in, without secrets', false)
    .option('--strict', 'treat warnings as problems', false)
    .option('--connect', 'connect to the servers that the queue and the app manager use', false)
    .showHelpAfterError()
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE_STATUS))
    .action(async (file: string, { json, connect, ...options }: GivenOptions) => {
      const ports = nodePorts(process.env, { connects: connect })
      const report = await checkConfig(inputOf(file), process.env, ports, options)
      if (json) console.log(JSON.stringify(report))
      else {
        // What counts can then be handed on by itself.
        if (options.effective) console.error(report.text)
        console.log(options.effective ? JSON.stringify(report.effective, null, 2) : report.text)
      }
      process.exitCode = report.valid ? 0 : PROBLEMS_STATUS
    })
}

function inputOf(file: string): CheckInput {
  return {
    name: file,
    async read() {
      if (file === STANDARD_INPUT) return buffer(process.stdin)
      assertSupported(file)
      return readBytes(file)
    },
  }
}
