import { join } from 'node:path'

export const recipes = ['es', 'cjs'].map((format) => ({
  name: `rollup, ${format}`,
  copiesWorker: false,
  async bundle({ host, entry, output }) {
    const { rollup } = await import(host('rollup'))
    const { default: nodeResolve } = await import(host('@rollup/plugin-node-resolve'))
    const file = join(output, format === 'es' ? 'program.mjs' : 'program.cjs')
    const bundle = await rollup({ input: entry, plugins: [nodeResolve()], external: /^node:/, logLevel: 'silent' })
    await bundle.write({ file, format })
    await bundle.close()
    return file
  },
}))
