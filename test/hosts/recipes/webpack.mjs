import { join } from 'node:path'

const outputs = {
  cjs: { filename: 'program.cjs' },
  esm: { filename: 'program.mjs', module: true, chunkFormat: 'module', library: { type: 'module' } },
}

export const recipes = Object.entries(outputs).map(([format, options]) => ({
  name: `webpack, ${format}`,
  copiesWorker: true,
  async bundle({ host, entry, output }) {
    const { default: webpack } = await import(host('webpack'))
    const stats = await new Promise((resolve, reject) => {
      webpack(
        {
          mode: 'production',
          target: 'node20',
          entry,
          output: { path: output, ...options },
          experiments: { outputModule: format === 'esm' },
        },
        (error, result) => (error === null ? resolve(result) : reject(error)),
      )
    })
    const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true })
    const problems = [...errors, ...warnings].map(({ message }) => message)
    if (problems.length > 0) throw new Error(problems.join('\n'))
    return join(output, options.filename)
  },
}))
