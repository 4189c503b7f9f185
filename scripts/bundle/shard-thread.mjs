/** A thread of the pool: piscina's half of it, and the task. */
import { createRequire, Module } from 'node:module'
import run from '../../dist/src/shard/entry.js'
import '../../node_modules/piscina/dist/worker.js'

/** Piscina requires the file that the pool is made with, which is the one that this is in: it gets the task. */
const require = createRequire(process.argv[1])
const filename = require.resolve(process.argv[1])
require.cache[filename] = Object.assign(new Module(filename), { exports: run, loaded: true })
