/**
 * The direction of imports. Each file under src/ belongs to the first layer whose `files` matches its path, and may
 * import its own layer and those named here; `type x`: only its types. `everyone` may be imported by all.
 * Nothing outside test/ may import from test/.
 *
 *     node scripts/check-imports.mjs [PROJECT]
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { isMain, root } from './command.mjs'

/** What tests share with them lies in scripts/. */
const besideTests = ['bench', 'examples', 'scripts']

const folder = (name) => new RegExp(`^${name}/`)

const layers = [
  {
    name: 'everyone',
    files:
      /^(?:(?:departure|errors|indexes|load-package|local-fault|page-bytes|signpost-error|whsec-secret)\.ts$|time\/)/,
    imports: [],
  },

  { name: 'collections', files: folder('collections'), imports: [] },
  { name: 'names', files: folder('names'), imports: [] },
  { name: 'host', files: folder('host'), imports: [] },
  { name: 'config', files: folder('config'), imports: ['host'] },
  { name: 'ring', files: folder('ring'), imports: [] },
  { name: 'arena', files: folder('arena'), imports: [] },
  { name: 'stats', files: folder('stats'), imports: [] },
  { name: 'signing', files: folder('signing'), imports: ['config'] },

  {
    name: 'messages',
    files: /^shard\/(?:messages|protocol[^/]*)\.ts$/,
    imports: ['type storage-messages', 'ring', 'arena', 'config', 'stats'],
  },
  { name: 'apps', files: folder('apps'), imports: ['config'] },

  {
    name: 'egress',
    files: /^transport\/(?:egress|egress-addresses|metadata-names)\.ts$/,
    imports: ['config', 'names'],
  },
  { name: 'preflight', files: folder('preflight'), imports: ['config', 'egress'] },

  { name: 'queue', files: folder('queue'), imports: ['config', 'arena', 'collections'] },
  { name: 'hand-over', files: folder('hand-over'), imports: ['arena', 'type queue'] },
  { name: 'storage-messages', files: /^storage\/messages\.ts$/, imports: ['type hand-over', 'arena', 'queue'] },
  {
    name: 'storage',
    files: folder('storage'),
    imports: ['storage-messages', 'messages', 'queue', 'hand-over', 'arena', 'stats', 'config'],
    thread: 'storage',
  },

  { name: 'router', files: folder('router'), imports: ['ring', 'config', 'stats'], thread: 'main' },
  {
    name: 'supervisor',
    files: folder('supervisor'),
    imports: ['ring', 'arena', 'config', 'stats', 'messages', 'collections', 'hand-over', 'storage-messages'],
    thread: 'main',
  },
  {
    name: 'app-handle',
    files: /^dispatcher\/app-handle\.ts$/,
    imports: ['router', 'ring', 'config', 'stats'],
    thread: 'main',
  },
  {
    name: 'dispatcher',
    files: /^(?:dispatcher\/|(?:index|version)\.ts$)/,
    imports: [
      'collections',
      'preflight',
      'host',
      'app-handle',
      'router',
      'supervisor',
      'apps',
      'names',
      'config',
      'ring',
      'arena',
      'stats',
      'messages',
      'hand-over',
      'type queue',
      'type storage-messages',
    ],
    thread: 'main',
  },

  {
    name: 'transport',
    files: folder('transport'),
    imports: ['egress', 'config', 'collections', 'names'],
    thread: 'worker',
  },
  { name: 'actor', files: folder('actor'), imports: ['arena', 'config', 'ring'], thread: 'worker' },
  {
    name: 'courier',
    files: folder('courier'),
    imports: ['type signing', 'type transport', 'collections', 'stats', 'arena', 'config'],
    thread: 'worker',
  },
  { name: 'notices', files: /^shard\/notices\.ts$/, imports: ['messages', 'ring'], thread: 'worker' },
  { name: 'outlet', files: /^gather\/outlet\.ts$/, imports: ['type messages', 'type arena'], thread: 'worker' },
  { name: 'upstream', files: /^deliver\/upstream\.ts$/, imports: [], thread: 'worker' },
  {
    name: 'gather',
    files: folder('gather'),
    imports: [
      ...['outlet', 'type upstream', 'notices', 'messages', 'actor', 'collections'],
      ...['ring', 'arena', 'stats', 'config'],
    ],
    thread: 'worker',
  },
  {
    name: 'deliver',
    files: folder('deliver'),
    imports: [
      ...['type outlet', 'upstream', 'notices', 'messages', 'courier', 'collections', 'hand-over'],
      ...['type transport', 'type storage-messages', 'type queue', 'signing', 'arena', 'stats', 'config'],
    ],
    thread: 'worker',
  },
  {
    name: 'shard',
    files: folder('shard'),
    imports: [
      ...['gather', 'deliver', 'notices', 'messages', 'actor', 'collections', 'transport', 'hand-over'],
      ...['type storage-messages', 'ring', 'arena', 'stats', 'config'],
    ],
    thread: 'worker',
  },

  { name: 'receiver', files: folder('receiver'), imports: ['dispatcher', 'signing'] },
  {
    name: 'testing',
    files: folder('testing'),
    imports: ['dispatcher', 'app-handle', 'router', 'ring', 'stats', 'config', 'receiver', 'signing'],
  },
  { name: 'plot', files: folder('plot'), imports: [] },
  { name: 'cli', files: folder('cli'), imports: ['dispatcher', 'preflight', 'config', 'receiver', 'testing', 'plot'] },
]

/** @returns {string[]} a sentence for each import that goes the wrong way, and each circle; empty when all is well */
export function checkImports(projectRoot) {
  const graph = graphOf(join(projectRoot, 'src'), '')
  const others = besideTests.flatMap((name) => [...graphOf(projectRoot, name)])
  return [
    ...strangers(graph),
    ...wrongDirections(graph),
    ...crossedThreads(graph),
    ...circles(graph),
    ...importsOfTests(others),
  ]
}

/** What each file of a folder imports, by its path from `base`. */
function graphOf(base, name) {
  const start = join(base, name)
  if (!existsSync(start)) return new Map()
  return new Map(
    readdirSync(start, { recursive: true })
      .map((path) => join(name, path))
      .filter((path) => /\.m?[jt]s$/.test(path) && !path.includes('node_modules'))
      .map((path) => [path, importsOf(path, readFileSync(join(base, path), 'utf8'))]),
  )
}

function layerOf(path) {
  return layers.find((layer) => layer.files.test(path))
}

function importsOf(path, text) {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const statements = code.matchAll(
    /^\s*(?:import|export)\s+(?<type>type\s)?(?:[^'"`;=()]*?\sfrom\s+)?['"](?<from>\.[^'"]+)['"]|\bimport\(\s*['"](?<lazy>\.[^'"]+)['"]/gm,
  )
  return [...statements].map(({ groups }) => ({
    to: relative('.', join(dirname(path), groups.from ?? groups.lazy)).replace(/\.js$/, '.ts'),
    typeOnly: groups.type !== undefined,
  }))
}

function strangers(graph) {
  return [...graph.keys()]
    .filter((path) => layerOf(path) === undefined)
    .map((path) => `src/${path} belongs to no layer: add one to scripts/check-imports.mjs`)
}

function wrongDirections(graph) {
  return edgesOf(graph)
    .filter(({ from, to, typeOnly }) => !mayImport(layerOf(from), layerOf(to), typeOnly))
    .map(
      ({ from, to }) =>
        `src/${from} (${layerOf(from)?.name}) may not import src/${to} (${layerOf(to)?.name ?? 'no layer'})`,
    )
}

function importsOfTests(files) {
  return edgesOf(files)
    .filter(({ to }) => to.startsWith('test/'))
    .map(({ from, to }) => `${from} may not import ${to}: move what both need to scripts/`)
}

function mayImport(from, to, typeOnly) {
  if (from === undefined || from === to || to?.name === 'everyone') return true
  return from.imports.includes(to?.name) || (typeOnly && from.imports.includes(`type ${to?.name}`))
}

/** What a thread loads must not, by whatever way, load the other thread's code. */
function crossedThreads(graph) {
  return [...graph.keys()].flatMap((path) => {
    const thread = layerOf(path)?.thread
    if (thread === undefined) return []
    return reachable(graph, path)
      .filter((other) => (layerOf(other)?.thread ?? thread) !== thread)
      .map((other) => `src/${path} (${thread} thread) loads src/${other} (${layerOf(other).thread} thread)`)
  })
}

function reachable(graph, start) {
  const seen = new Set([start])
  for (const path of seen) {
    for (const { to, typeOnly } of graph.get(path) ?? []) if (!typeOnly) seen.add(to)
  }
  return [...seen]
}

/** Types that go in circles tangle a design as much as values do. */
function circles(graph) {
  const found = []
  const finished = new Set()
  const visit = (path, way) => {
    if (finished.has(path)) return
    const start = way.indexOf(path)
    if (start !== -1) {
      found.push(`a circle of imports: ${[...way.slice(start), path].map((file) => `src/${file}`).join(' → ')}`)
      return
    }
    for (const { to } of graph.get(path) ?? []) visit(to, [...way, path])
    finished.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return found
}

function edgesOf(graph) {
  return [...graph].flatMap(([from, imports]) => imports.map((imported) => ({ from, ...imported })))
}

if (isMain(import.meta)) {
  const violations = checkImports(process.argv[2] ?? root)
  for (const violation of violations) console.error(violation)
  process.exitCode = violations.length === 0 ? 0 : 1
}
