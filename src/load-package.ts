import { closeSync, existsSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Got in a way that bundlers do not see: they would replace what it requires. */
const { createRequire } = process.getBuiltinModule('node:module')

const require = createRequire(placeOf(import.meta.url))

/** @param url undefined in a bundle in CommonJS, which has a file name instead */
function placeOf(url: string | undefined): string {
  if (url === undefined) return __filename
  const path = url.startsWith('file:') ? fileURLToPath(url) : url
  // webpack writes down where the code lay when it was bundled, which may be on another machine.
  return existsSync(path) ? path : (process.argv[1] ?? path)
}

/** As many files as loading a package has open at once, and some for other threads. */
const SPARE_DESCRIPTORS = 8

/**
 * Loads a package by `require`. Other than `import()` that does not remember a failure, such as that of a moment in which the process had
 * no file descriptor left. Node 20 does remember a package.json that could not be read, so whether there are descriptors is tried
 * before. Throws what `require` throws, or `EMFILE`.
 */
export function loadPackage<Package>(name: string): Package {
  tryDescriptors()
  return require(name)
}

/** Whether the package is there, loadable or not. Takes no file descriptor. */
export function isInstalled(name: string): boolean {
  return (require.resolve.paths(name) ?? []).some((folder) => existsSync(join(folder, name, 'package.json')))
}

/** Whether `require` finds the package, which it may without a folder of the package's own. */
export function isResolvable(name: string): boolean {
  try {
    require.resolve(name)
    return true
  } catch {
    return false
  }
}

function tryDescriptors(): void {
  const opened: number[] = []
  try {
    while (opened.length < SPARE_DESCRIPTORS) opened.push(openSync(devNull, 'r'))
  } finally {
    for (const descriptor of opened) closeSync(descriptor)
  }
}
