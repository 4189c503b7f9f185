import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { projectFile } from '../examples/documented.js'
import { projectRoot } from '../support/project-root.js'
import { GENERATED_API, PAGES } from './pages.js'

const test = suite('links between pages')

interface Link {
  /** Path of the page or file, from the project's root. */
  readonly path: string
  /** The heading, or empty for none. */
  readonly anchor: string
}

function prose(page: string): string {
  return projectFile(page)
    .replace(/^```.*?^```$/gms, '')
    .replace(/`[^`\n]*`/g, '')
}

function linksOf(page: string): Link[] {
  const found = prose(page).matchAll(/\]\((?<inline>[^)\s]+)\)|^\[[^\]]+\]: (?<defined>\S+)$/gm)
  const targets = [...found].map(({ groups }) => groups?.inline ?? groups?.defined ?? '')
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor = ''] = target.split('#')
      return { path: path === '' ? page : normalize(join(dirname(page), path)), anchor }
    })
}

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(page: string): Set<string> {
  const text = projectFile(page).replace(/^```.*?^```$/gms, '')
  const anchors = new Set<string>()
  for (const [, heading = ''] of text.matchAll(/^#+ (.*)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-')
    let unique = slug
    for (let number = 1; anchors.has(unique); number += 1) unique = `${slug}-${number}`
    anchors.add(unique)
  }
  return anchors
}

/** What `files` of package.json puts into the package, besides what npm always puts there. */
const { files } = JSON.parse(projectFile('package.json'))
const packed = ['README.md', 'LICENSE', ...files.map((file: string) => file.replace(/\*\*\/\*.*$|$/, ''))]
const isPacked = (path: string) => packed.some((root) => path === root || (root.includes('/') && path.startsWith(root)))

for (const page of PAGES) {
  test(`${page} links to what there is`, () => {
    const broken = linksOf(page).filter(
      ({ path, anchor }) =>
        !path.startsWith(GENERATED_API) &&
        (!existsSync(join(projectRoot, path)) || (anchor !== '' && !anchorsOf(path).has(anchor))),
    )
    assert.equal(broken, [])
  })

  if (!isPacked(page)) continue
  test(`${page} links to nothing that the package lacks`, () => {
    const missing = linksOf(page).filter(({ path }) => !isPacked(path))
    assert.equal(missing, [])
  })
}

test('the index leads to every page of the documentation', () => {
  const reached = new Set(linksOf('docs/README.md').map(({ path }) => path))
  const lost = PAGES.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md' && !reached.has(page))
  assert.equal(lost, [])
})

test.run()
