/** Bundles what was compiled into the files of the package. What package.json names as a dependency stays outside of them. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorsOfReceiver, importedBuiltIns, oneWorkerFile, onlyTheClient, withoutNice } from './bundle/plugins.mjs'
import { thirdPartyNotices } from './bundle/third-party-notices.mjs'
import { root } from './command.mjs'

const dist = join(root, 'dist')
const { version, dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.18',
  metafile: true,
  logLevel: 'warning',
  legalComments: 'none',
}

/** All of them lie in one folder, so that what a file names beside itself is there from wherever its code comes to lie. */
const modules = {
  ...common,
  entryPoints: {
    index: 'dist/src/index.js',
    testing: 'dist/src/testing/index.js',
    cli: 'dist/src/cli/main.js',
    'receiver-process': 'dist/src/cli/load/receiver-process.js',
    'driver-process': 'dist/src/cli/load/driver-process.js',
  },
  outdir: 'dist',
  chunkNames: 'chunk-[hash]',
  format: 'esm',
  splitting: true,
  external: [...Object.keys(dependencies), ...Object.keys(peerDependencies)],
  define: { SIGNPOST_VERSION: JSON.stringify(version) },
  plugins: [importedBuiltIns, oneWorkerFile, errorsOfReceiver],
}

/** A file without imports, which runs where there is no Node and may be copied alone. */
const receiver = {
  ...common,
  platform: 'neutral',
  target: 'es2022',
  entryPoints: ['dist/src/receiver/index.js'],
  outfile: 'dist/receiver.js',
  format: 'esm',
}

/** One of the two kinds of threads. */
const thread = {
  ...common,
  format: 'iife',
  write: false,
  external: Object.keys(peerDependencies),
  define: { 'import.meta.url': 'workerFile' },
  plugins: [withoutNice, onlyTheClient],
}

/**
 * What the compiled sources start their shards with, for tests and measurements: piscina's own thread requires it. The storage thread
 * has nothing to do with piscina, so it runs the package's file.
 */
const compiledShard = {
  ...thread,
  format: 'cjs',
  define: { 'import.meta.url': '__filename' },
  entryPoints: ['dist/src/shard/entry.js'],
  outfile: 'dist/shard-thread.cjs',
}

/** @returns {Promise<boolean>} false: something could not be bundled, which was printed */
export async function bundle() {
  removeBundles()
  // Only now: whoever builds for the first time has just installed it.
  const esbuild = await import('esbuild')
  try {
    const results = await Promise.all([
      esbuild.build(modules),
      esbuild.build(receiver),
      esbuild.build({ ...thread, entryPoints: ['scripts/bundle/shard-thread.mjs'] }),
      esbuild.build({ ...thread, entryPoints: ['dist/src/storage/entry.js'] }),
      esbuild.build(compiledShard),
    ])
    const [shard, storage, compiled] = results.slice(2).map(({ outputFiles: [file] }) => file.text)
    writeFileSync(join(dist, 'worker.js'), inAscii(workerFile(shard, storage)))
    writeFileSync(join(dist, 'shard-thread.cjs'), inAscii(compiled))
    const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs))
    writeFileSync(join(dist, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(inputs))
    return true
  } catch (error) {
    // What was wrong with the code is printed already.
    if (!('errors' in error)) console.error(error)
    return false
  }
}

/**
 * One file for all threads. Beside a user's bundle it may be taken for an ES module or for CommonJS, so it is a script that is both:
 * it has neither imports nor exports, and names neither `import.meta` nor `__filename`. Only the storage thread is started with data.
 */
function workerFile(shard, storage) {
  return `'use strict';
var workerFile = process.argv[1];
var require = process.getBuiltinModule('node:module').createRequire(workerFile);
if (require('node:worker_threads').workerData?.store === undefined) {
${shard}
} else {
${storage}
}
`
}

/** Only comments are not: esbuild escapes everything else. A text with one such character takes twice the memory in each thread, and longer to load. */
function inAscii(text) {
  return text.replaceAll(/[\u0080-\uffff]/g, '?')
}

function removeBundles() {
  if (!existsSync(dist)) return
  for (const name of readdirSync(dist)) if (/\.c?js$/.test(name)) rmSync(join(dist, name))
}
