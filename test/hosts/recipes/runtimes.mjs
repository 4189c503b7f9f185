import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Their npm packages bring the programs in packages of the platform, which are complete without the install script. */
const programOf = (work, name, platform, path) => {
  const { resolve } = createRequire(createRequire(join(work, 'package.json')).resolve(`${name}/package.json`))
  return join(dirname(resolve(`${platform}/package.json`)), path)
}

export const recipes = [
  {
    name: 'Deno',
    run: ({ work, outputOf }) =>
      outputOf(programOf(work, 'deno', '@deno/linux-x64-glibc', 'deno'), ['run', '--allow-all', 'program.js'], work),
  },
  {
    name: 'Bun',
    run: ({ work, outputOf }) =>
      outputOf(programOf(work, 'bun', '@oven/bun-linux-x64', 'bin/bun'), ['program.js'], work),
  },
]
