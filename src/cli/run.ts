import { constants } from 'node:os'
import { Command } from 'commander'
import { createLog } from './run/log.js'
import { type GivenOptions, runOptions, settingsOf } from './run/options.js'
import { Program } from './run/program.js'
import { serviceManagerOf } from './run/service-manager.js'
import type { RunSettings } from './run/settings.js'
import { onSignals } from './run/signals.js'

const USAGE_STATUS = 2
/** What shells add to the number of a signal. */
const SIGNAL_STATUS = 128

const AFTER_HELP = `
Each line of standard input is an event as dispatcher.emit() takes it, plus the id of its app as "app":
  {"app":"my-app","name":"member_added","channel":"presence-room","user_id":"u1"}

Signals: SIGTERM and SIGINT shut it down, a second one at once. SIGHUP reloads the apps of <config>.

Exit status:
  0  everything that was accepted has been delivered
  1  it could not start, or standard input could not be read
  2  wrong arguments
  3  something that was accepted was not delivered within --drain, or had been given up when the input ended
  4  with --strict: a line was invalid, or its event was refused
  128 + n  a second signal, with the number n`

/** The command `signpost run`. */
export function runCommand(): Command {
  const command = new Command('run')
    .summary('run a dispatcher as a program')
    .description(
      'Runs a dispatcher as a program: consumes the queue, takes events from standard input with --stdin, ' +
        'serves health and metrics, and logs to standard error.',
    )
    .argument('<config>', 'a .json or .toml file')
    .addHelpText('after', AFTER_HELP)
    .showHelpAfterError('(signpost run --help lists the options)')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE_STATUS))
    .action(async (config: string, given: GivenOptions) => {
      // Whatever a connection or the input keeps open must not keep the process.
      process.exit(await run(settingsOf(config, given, process.stderr.isTTY)))
    })
  for (const option of runOptions()) command.addOption(option)
  return command
}

/** @returns the exit status */
async function run(settings: RunSettings): Promise<number> {
  // Nobody reads the log any longer: that is no reason to deliver nothing.
  process.stderr.on('error', () => undefined)
  const logger = createLog({
    format: settings.log,
    level: settings.logLevel,
    hasColours: process.stderr.isTTY && process.stderr.hasColors(),
    write: (line) => process.stderr.write(line),
  })
  process.on('uncaughtExceptionMonitor', (error) =>
    logger.error({ err: error }, 'an unexpected error in Signpost itself'),
  )
  const manager = serviceManagerOf(process.env, process.pid, logger)
  const program = new Program(settings, { input: settings.stdin ? process.stdin : null, logger, manager })
  const stopListening = onSignals({
    stop: (signal) => program.stop(signal),
    stopNow: (signal) => {
      logger.error(program.left(), `${signal} is the second signal: ended at once`)
      process.exit(SIGNAL_STATUS + constants.signals[signal])
    },
    reload: () => program.reload(),
  })
  try {
    return await program.run()
  } finally {
    stopListening()
  }
}
