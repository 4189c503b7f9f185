import { AppManagerError } from '../errors.js'
import { isInstalled, loadPackage } from '../load-package.js'

/** Loads the package of a driver. @throws AppManagerError that says what to install */
export function loadDriver<Package>(driver: string, name: string, range: string): Package {
  try {
    return loadPackage<Package>(name)
  } catch (cause) {
    const [scopeOrName, nameInScope] = name.split('/')
    const isThere = isInstalled(name.startsWith('@') ? `${scopeOrName}/${nameInScope}` : `${scopeOrName}`)
    const what = isThere
      ? `${name} is installed but could not be loaded`
      : `it needs a package that is not installed: npm install "${name}@${range}"`
    throw new AppManagerError(isThere ? 'APP_MANAGER_UNAVAILABLE' : 'APP_MANAGER_UNUSABLE', `${driver}: ${what}`, {
      cause,
    })
  }
}
