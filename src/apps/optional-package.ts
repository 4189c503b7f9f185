import { AppManagerError } from '../errors.js'
import { isInstalled, loadPackage } from '../load-package.js'

/** Loads the package of a driver. @throws AppManagerError that says what to install */
export function loadDriver<Package>(driver: string, name: string, range: string): Package {
  try {
    return loadPackage<Package>(name)
  } catch (cause) {
    const what = isInstalled(
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    )
      ? `${name} is installed but could not be loaded`
      : `it needs a package that is not installed: npm install "${name}@${range}"`
    throw new AppManagerError('APP_MANAGER_UNAVAILABLE', `${driver}: ${what}`, { cause })
  }
}
