/** Copies the files that pages name into their code blocks: `<!-- example: FILE -->` stands before such a block. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './command.mjs'

const block = /(<!-- example: (\S+) -->\n```\w+\n).*?^```$/gms

const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => join('docs', name))

for (const page of ['README.md', ...pages]) {
  const path = join(root, page)
  const text = readFileSync(path, 'utf8')
  const wanted = text.replaceAll(block, (_, head, file) => `${head}${readFileSync(join(root, file), 'utf8')}\`\`\``)
  if (wanted !== text) writeFileSync(path, wanted)
}
