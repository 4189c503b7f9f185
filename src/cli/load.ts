import { type FileHandle, open } from 'node:fs/promises'
import { Command } from 'commander'
import { chartsOf } from './load/charts.js'
import { LoadError } from './load/load-error.js'
import { type GivenOptions, loadOptions, settingsOf } from './load/options.js'
import { LoadRun } from './load/run.js'
import { createScreen } from './load/screen.js'
import type { LoadSettings } from './load/settings.js'
import { tableOf } from './load/table.js'

interface Output {
  readonly json: boolean
  /** Path of the SVG file; null: none is drawn. */
  readonly plot: string | null
}

const USAGE_STATUS = 2
const INTERRUPTED_STATUS = 130

/** The command `signpost load`. */
export function loadCommand(): Command {
  const command = new Command('load')
    .summary('measure what a dispatcher delivers on this machine')
    .description(
      'Drives a dispatcher against receivers, each in a process of its own, and counts what arrives and how late. ' +
        'Exits with status 1 if an event is lost or a signature is wrong. Ctrl-C ends the run early and still prints the report.',
    )
    .option('--json', 'print the report as JSON, with a series over time', false)
    .option('--plot <file.svg>', 'draw latency, throughput and queue length to this file')
    .showHelpAfterError('(signpost load --help lists the options)')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE_STATUS))
    .action(async ({ json, plot, ...given }: GivenOptions & { json: boolean; plot?: string }) => {
      process.exitCode = await load(settingsOf(given), { json, plot: plot ?? null })
    })
  for (const option of loadOptions()) command.addOption(option)
  return command
}

/** @returns the exit status */
async function load(settings: LoadSettings, { json, plot }: Output): Promise<number> {
  // Opened before the run, which may take long, so that a wrong path is told at once.
  const plotFile = plot === null ? null : await openPlot(plot)
  if (plotFile instanceof LoadError) {
    console.error(`error: ${plotFile.message}`)
    return USAGE_STATUS
  }
  const screen = createScreen(process.stderr, settings, json)
  const run = new LoadRun(settings)
  const stopInterrupting = onInterrupts(run)
  try {
    screen.starting()
    for await (const sample of run.samples()) screen.show(sample)
    const report = run.report()
    screen.done()
    console.log(json ? JSON.stringify(report) : `\n${tableOf(report)}\n`)
    await plotFile?.writeFile(chartsOf(report))
    return report.ok ? 0 : 1
  } catch (error) {
    if (!(error instanceof LoadError)) throw error
    screen.done()
    console.error(`signpost load: ${error.message}`)
    return 1
  } finally {
    stopInterrupting()
    await plotFile?.close()
    await run.end()
  }
}

async function openPlot(path: string): Promise<FileHandle | LoadError> {
  try {
    return await open(path, 'w')
  } catch (cause) {
    return new LoadError(`option '--plot <file.svg>' names a file that cannot be written: ${String(cause)}`)
  }
}

/** The first ends the emission, the second the drain, the third everything. */
function onInterrupts(run: LoadRun): () => void {
  let interrupts = 0
  const interrupt = () => {
    interrupts += 1
    if (interrupts > 2) process.exit(INTERRUPTED_STATUS)
    run.stop()
  }
  process.on('SIGINT', interrupt)
  return () => process.off('SIGINT', interrupt)
}
