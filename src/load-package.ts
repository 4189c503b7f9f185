import { closeSync, existsSync, openSync } from 'node:fs'
import { createRequire } from 'node:module'
import { devNull } from 'node:os'
import { join } from 'node:path'

/** Only a bundle in CommonJS has a file name, and no URL. */
const require = createRequire(import.meta.url ?? __filename)

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
