import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'

/**
 * CommonJS packages require Node's modules, which an ES module cannot do; here the bundle imports them instead, so that it can go
 * into any other bundle.
 */
export const importedBuiltIns = {
  name: 'imported built-ins',
  setup(build) {
    build.onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === 'require-call' && isBuiltin(path) ? { path, namespace: 'built-in' } : null,
    )
    build.onLoad({ filter: /./, namespace: 'built-in' }, ({ path }) => ({
      contents: `import builtIn from ${JSON.stringify(path)}; module.exports = builtIn`,
    }))
  },
}

/** Beside a bundle there is one file for all threads. */
export const oneWorkerFile = {
  name: 'one worker file',
  setup(build) {
    build.onResolve({ filter: /\/own-worker-files\.js$/ }, ({ resolveDir }) => ({
      path: join(resolveDir, 'bundled-worker-file.js'),
    }))
    build.onLoad({ filter: /piscina\/dist\/index\.js$/ }, ({ path }) => ({
      contents: replaceOnce(path, "(0, node_path_1.resolve)(__dirname, 'worker.js')", 'this.options.filename'),
    }))
  },
}

/** The receiver is a bundle of its own. What both throw must be of one class, and it imports nothing. */
export const errorsOfReceiver = {
  name: 'errors of the receiver',
  setup(build) {
    build.onResolve({ filter: /\/(?:signpost-error|webhook-error)\.js$/ }, () => ({
      path: './receiver.js',
      external: true,
    }))
  },
}

/** Its native part, which changes how nice a thread is to others, is for an option that we do not use. */
export const withoutNice = {
  name: 'without niceness',
  setup(build) {
    build.onResolve({ filter: /^@napi-rs\/nice$/ }, ({ path }) => ({ path, namespace: 'nothing' }))
    build.onLoad({ filter: /./, namespace: 'nothing' }, () => ({ contents: '' }))
  },
}

/**
 * Threads need undici's client and nothing else. Its index would bring `fetch`, WebSocket, caches and mocks: a third of what a thread
 * loads before it can deliver. Where a version of undici has the file elsewhere, there is no bundle.
 */
export const onlyTheClient = {
  name: 'only the client of undici',
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, ({ path, resolveDir }) => ({
      path,
      namespace: 'client',
      pluginData: resolveDir,
    }))
    build.onLoad({ filter: /./, namespace: 'client' }, ({ pluginData: resolveDir }) => ({
      contents: "exports.Client = require('undici/lib/dispatcher/client.js')",
      resolveDir,
    }))
  },
}

function replaceOnce(path, from, to) {
  const parts = readFileSync(path, 'utf8').split(from)
  if (parts.length !== 2)
    throw new Error(`${path} has ${JSON.stringify(from)} ${parts.length - 1} times instead of once`)
  return parts.join(to)
}
