import { HOST_METRICS, type Metric, SHARD_METRICS, STORAGE_METRICS } from '../src/stats/layout.js'

/** The figures of `stats()` as interfaces, as TypeScript. Not formatted. */
export function figureTypes(): string {
  return [
    '// Written by scripts/write-types.mjs from src/stats/layout.ts.',
    interfaceOf(
      'HostFigures',
      'What the main thread counts. Counters begin at 0 when the dispatcher is created.',
      HOST_METRICS,
    ),
    interfaceOf('ShardFigures', 'What the threads of the shards count.', SHARD_METRICS),
    interfaceOf(
      'StorageFigures',
      'What a durable queue counts; all 0 where `queue.driver` is `memory`.',
      STORAGE_METRICS,
    ),
  ].join('\n\n')
}

function interfaceOf(name: string, description: string, metrics: readonly Metric[]): string {
  const members = metrics.map(({ name, kind, help }) => {
    return `/** ${help}${kind === 'gauge' ? ', at this moment' : ''}. */\nreadonly ${name}: number\n`
  })
  return `/** ${description} */\nexport interface ${name} {\n${members.join('')}}`
}
