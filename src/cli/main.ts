#!/usr/bin/env node
import { Command } from 'commander'
import { version } from '../version.js'
import { checkCommand } from './check.js'
import { loadCommand } from './load.js'
import { runCommand } from './run.js'

const USAGE_STATUS = 2

const program = new Command('signpost')
  .description('Signs events and POSTs them.')
  .version(version)
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE_STATUS))

program.addCommand(runCommand())
program.addCommand(checkCommand())
program.addCommand(loadCommand())

await program.parseAsync()
