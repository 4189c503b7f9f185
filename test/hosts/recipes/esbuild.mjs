import { join } from 'node:path'

/** esbuild itself is one of the project's own packages. */
export const recipes = ['esm', 'cjs'].map((format) => ({
  name: `esbuild, ${format}`,
  copiesWorker: false,
  async bundle({ project, entry, output }) {
    const { build } = await import(project('esbuild'))
    const outfile = join(output, format === 'esm' ? 'program.mjs' : 'program.cjs')
    await build({ entryPoints: [entry], bundle: true, platform: 'node', format, outfile })
    return outfile
  },
}))
