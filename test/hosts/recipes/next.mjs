import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** webpack gives the worker's file an address on the site, so the package stays outside of its bundle. */
const bundlers = {
  Turbopack: { args: [], external: [] },
  webpack: { args: ['--webpack'], external: ['signpost'] },
}

export const recipes = Object.entries(bundlers).map(([bundler, { args, external }]) => ({
  name: `Next, standalone, ${bundler}`,
  async run({ work, runNode }) {
    const folder = join(work, 'next')
    rmSync(join(folder, '.next'), { recursive: true, force: true })
    writeFileSync(
      join(folder, 'next.config.mjs'),
      `export default { output: 'standalone', serverExternalPackages: ${JSON.stringify(external)},
  outputFileTracingRoot: ${JSON.stringify(work)} }\n`,
    )
    const built = await runNode([join(work, 'node_modules/next/dist/bin/next'), 'build', ...args], folder, {
      NEXT_TELEMETRY_DISABLED: '1',
    })
    if (built.status !== 0) return built.output
    const moved = mkdtempSync(join(tmpdir(), 'signpost-next-'))
    try {
      cpSync(join(folder, '.next', 'standalone'), moved, { recursive: true })
      return await delivery(join(moved, 'next'))
    } finally {
      rmSync(moved, { recursive: true })
    }
  },
}))

/** Starts the server where nothing else is, and lets one of its routes deliver to another one, which runs on the edge runtime. */
async function delivery(folder) {
  const port = await freePort()
  const server = spawn(process.execPath, ['server.js'], {
    cwd: folder,
    env: { ...process.env, PORT: String(port), HOSTNAME: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const ready = new Promise((resolve, reject) => {
    const collect = (text) => {
      output += text
      if (output.includes('Ready in')) resolve()
    }
    server.stdout.setEncoding('utf8').on('data', collect)
    server.stderr.setEncoding('utf8').on('data', collect)
    server.once('exit', () => reject(new Error(output)))
  })
  const ended = once(server, 'exit')
  try {
    await ready
    const origin = `http://127.0.0.1:${port}`
    const response = await fetch(`${origin}/api/deliver?to=${origin}/api/receive`, { method: 'POST' })
    const answer = await response.text()
    return answer === '{"events":0,"endpoints":[]}' ? (/^delivered .*\n/m.exec(output)?.[0] ?? output) : answer + output
  } finally {
    server.kill()
    await ended
  }
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  return port
}
