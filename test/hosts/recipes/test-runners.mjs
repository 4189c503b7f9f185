import { join } from 'node:path'

/** Test runners say much: only what went wrong is of interest. */
const passed = ({ status, output }, expected) => {
  if (status === 0 && expected.test(output)) return 'delivered channel_occupied\n'
  return output
}

const jest = (folder) => ({
  name: folder === 'jest-esm' ? 'Jest, ES modules' : 'Jest, CommonJS',
  async run({ work, runNode }) {
    const args = ['--experimental-vm-modules', join(work, 'node_modules/jest/bin/jest.js'), '--rootDir', '.']
    return passed(await runNode(args, join(work, folder)), /Tests: +2 passed, 2 total/)
  },
})

const vitest = (pool) => ({
  name: `Vitest, ${pool}`,
  async run({ work, runNode }) {
    const args = [join(work, 'node_modules/vitest/vitest.mjs'), 'run', `--pool=${pool}`]
    return passed(await runNode(args, join(work, 'vitest'), { NO_COLOR: '1' }), /Tests +2 passed \(2\)/)
  },
})

export const recipes = [jest('jest-commonjs'), jest('jest-esm'), vitest('forks'), vitest('threads')]
