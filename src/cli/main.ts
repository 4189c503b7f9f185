#!/usr/bin/env node
import { Command } from 'commander'
import { version } from '../version.js'
import { checkConfig } from './check.js'
import { loadCommand } from './load.js'

const program = new Command('signpost').description('signs events and POSTs them').version(version).showHelpAfterError()

program
  .command('check')
  .description('validates a configuration; exit status 1 when it has problems')
  .argument('<file>', 'a .json or .toml file')
  .option('--json', 'print JSON')
  .action(async (file: string, { json = false }: { json?: boolean }) => {
    const check = await checkConfig(file)
    console.log(json ? JSON.stringify(check) : check.text)
    process.exitCode = check.valid ? 0 : 1
  })

program.addCommand(loadCommand())

await program.parseAsync()
