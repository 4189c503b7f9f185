import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { emitBench } from './emit.js'
import { encodeBench } from './encode.js'
import { idleAppBytes } from './memory.js'
import { OPERATIONS_PER_RUN } from './operations.js'
import { ringBench } from './ring.js'
import { CONTENDERS, type Result, type Start, steady, throughput } from './scenarios.js'
import { signpost } from './signpost.js'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const turns = values.quick ? 1 : 3

interface Row {
  readonly scenario: string
  readonly figure: string
  readonly contender: string
  readonly median: number
  /** Signpost's median divided by this one's. */
  readonly ratio: number
}

const lines: string[] = []
const print = (line: string) => {
  console.log(line)
  lines.push(line)
}

const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`
print(`# Measurements\n\n${machine}\n`)

print('## Functions\n\n| function | ns an operation (median) |\n| --- | --- |')
for (const bench of [emitBench(), ringBench(), encodeBench()]) {
  await bench.run()
  for (const { name, result } of bench.tasks) {
    if ('latency' in result) print(`| ${name} | ${((result.latency.p50 * 1e6) / OPERATIONS_PER_RUN).toFixed(0)} |`)
  }
}

const rows: Row[] = []
const seconds = values.quick ? 1 : 2
const events = values.quick ? 50_000 : 300_000
await scenario('100,000 events/s over 1,000 apps', CONTENDERS, (start) => steady(start, 1000, 100_000, seconds))
await scenario('100,000 events/s over 10 apps', CONTENDERS, (start) => steady(start, 10, 100_000, seconds))
for (const apps of [10, 1000]) {
  await scenario(`as fast as accepted, ${apps} apps, batches of 100, one shard`, CONTENDERS, (start) =>
    throughput(start, apps, events),
  )
}
await scenario('as fast as accepted, 10,000 apps', [signpost], (start) =>
  throughput(start, 10_000, Math.round(events / 3)),
)
print(`\n## Memory\n\nAn app that has emitted nothing: ${idleAppBytes()} bytes of the main thread's heap.`)

mkdirSync('bench/results', { recursive: true })
writeFileSync('bench/results/results.json', `${JSON.stringify({ machine, rows }, null, 2)}\n`)
writeFileSync('bench/results/report.md', `${lines.join('\n')}\n`)

/** Runs every contender in turn, several times over: A B C A B C …, and prints the medians. */
async function scenario(name: string, starts: readonly Start[], run: (start: Start) => Promise<Result>): Promise<void> {
  const measured = new Map<string, Map<string, number[]>>()
  for (let turn = 0; turn < turns; turn++) {
    for (const start of starts) {
      const { contender, figures } = await run(start)
      for (const [figure, value] of Object.entries(figures)) {
        const byContender = measured.get(figure) ?? new Map<string, number[]>()
        measured.set(figure, byContender.set(contender, [...(byContender.get(contender) ?? []), value]))
      }
    }
  }
  print(`\n## ${name}\n\n| | | median of ${turns} | Signpost's, divided by it |\n| --- | --- | --- | --- |`)
  for (const [figure, byContender] of measured) {
    const ours = median(byContender.get('Signpost') ?? [])
    for (const [contender, all] of byContender) {
      const value = median(all)
      rows.push({ scenario: name, figure, contender, median: value, ratio: ours / value })
      print(`| ${figure} | ${contender} | ${shown(value)} | ${(ours / value).toFixed(2)} |`)
    }
  }
}

function shown(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 })
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
