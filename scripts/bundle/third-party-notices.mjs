import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../command.mjs'

const folderOf = /^(?<folder>.*node_modules\/(?:@[^/]+\/)?[^/]+)\//

/**
 * The licences of the packages that were bundled, which they want to be copied along.
 * @param {readonly string[]} inputs paths of the files that were bundled, below the project's root
 */
export function thirdPartyNotices(inputs) {
  const folders = new Set(inputs.map((input) => folderOf.exec(input)?.groups.folder).filter((folder) => folder))
  return [...folders]
    .sort()
    .map(noticeOf)
    .join(`\n${'-'.repeat(80)}\n\n`)
}

function noticeOf(folder) {
  const path = join(root, folder)
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
  const file = readdirSync(path).find((each) => /^licen[cs]e/i.test(each))
  if (file === undefined) throw new Error(`${folder} has no licence file: its notice cannot be bundled`)
  return `${name} ${version} (${license})\n\n${readFileSync(join(path, file), 'utf8').trim()}\n`
}
