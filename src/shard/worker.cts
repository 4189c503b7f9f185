/**
 * What the pool loads in each of its threads. Piscina first tries `require`, and Node 20 aborts the whole process when a thread is
 * terminated while it requires an ES module ("v8::Module::IsGraphAsync must be used on an instantiated module"). A CommonJS file
 * can be required everywhere, and the modules behind it are imported.
 *
 * Piscina awaits what this exports before it calls a thread ready, so a spare thread has loaded everything. When that fails its
 * thread ends, and with it what Node remembers of the failure.
 */
export = import('./entry.js').then(({ default: run }) => run)
