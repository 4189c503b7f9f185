import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const recipes = [
  {
    name: 'NestJS',
    async run({ host, work, runNode }) {
      const { default: typescript } = await import(host('typescript'))
      const folder = join(work, 'nest')
      for (const name of ['main', 'webhooks']) {
        const { outputText } = typescript.transpileModule(readFileSync(join(folder, `${name}.mts`), 'utf8'), {
          compilerOptions: {
            target: 'es2022',
            module: 'esnext',
            experimentalDecorators: true,
            emitDecoratorMetadata: true,
          },
        })
        writeFileSync(join(folder, `${name}.mjs`), outputText)
      }
      const { output } = await runNode(['main.mjs'], folder)
      return output
    },
  },
]
