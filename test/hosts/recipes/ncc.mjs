import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const recipes = [
  {
    name: '@vercel/ncc',
    copiesWorker: true,
    async bundle({ host, entry, output }) {
      const { default: ncc } = await import(host('@vercel/ncc'))
      const { code, assets } = await ncc(entry, { quiet: true, cache: false })
      const file = join(output, 'program.mjs')
      for (const [name, { source }] of Object.entries(assets)) {
        mkdirSync(dirname(join(output, name)), { recursive: true })
        writeFileSync(join(output, name), source)
      }
      writeFileSync(file, code)
      return file
    },
  },
]
