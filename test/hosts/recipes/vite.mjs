import { join } from 'node:path'

export const recipes = [
  {
    name: 'Vite SSR',
    copiesWorker: false,
    async bundle({ host, entry, output }) {
      const { build } = await import(host('vite'))
      await build({
        configFile: false,
        logLevel: 'error',
        ssr: { noExternal: true },
        build: {
          ssr: entry,
          outDir: output,
          emptyOutDir: true,
          rollupOptions: { output: { entryFileNames: 'program.mjs' } },
        },
      })
      return join(output, 'program.mjs')
    },
  },
]
