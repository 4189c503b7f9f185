import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { encodeBench } from './encode.js'
import { OPERATIONS_PER_RUN } from './operations.js'
import { ringBench } from './ring.js'
import { CONTENDERS, handOver, type Result, type Start, throughput } from './scenarios.js'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const turns = values.quick ? 1 : 5
const scale = values.quick ? 0.2 : 1

interface Row {
  readonly scenario: string
  readonly unit: string
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
for (const bench of [ringBench(), encodeBench()]) {
  await bench.run()
  for (const { name, result } of bench.tasks) {
    if ('latency' in result) print(`| ${name} | ${((result.latency.p50 * 1e6) / OPERATIONS_PER_RUN).toFixed(0)} |`)
  }
}

const rows: Row[] = []
await scenario('main-thread CPU an event, 100,000 events/s over 1,000 apps', 'ns', (start) =>
  handOver(start, 1000, 100_000, values.quick ? 1 : 3),
)
await scenario('delivered and acknowledged, one shard, batches of 100, 10 apps', 'events/s', (start) =>
  throughput(start, 10, 500_000 * scale),
)
await scenario('the same over 1,000 apps', 'events/s', (start) => throughput(start, 1000, 500_000 * scale))

mkdirSync('bench/results', { recursive: true })
writeFileSync('bench/results/results.json', `${JSON.stringify({ machine, rows }, null, 2)}\n`)
writeFileSync('bench/results/report.md', `${lines.join('\n')}\n`)

/** Runs every contender in turn, several times over: A B C A B C …, and prints the medians. */
async function scenario(name: string, unit: string, run: (start: Start) => Promise<Result>): Promise<void> {
  print(`\n## ${name}\n\n| | ${unit} (median of ${turns}) | Signpost's, divided by it |\n| --- | --- | --- |`)
  const figures = new Map<string, number[]>()
  for (let turn = 0; turn < turns; turn++) {
    for (const start of CONTENDERS) {
      const { contender, value } = await run(start)
      figures.set(contender, [...(figures.get(contender) ?? []), value])
    }
  }
  const ours = median(figures.get('Signpost') ?? [])
  for (const [contender, measured] of figures) {
    const value = median(measured)
    rows.push({ scenario: name, unit, contender, median: value, ratio: ours / value })
    print(`| ${contender} | ${Math.round(value).toLocaleString('en')} | ${(ours / value).toFixed(2)} |`)
  }
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
