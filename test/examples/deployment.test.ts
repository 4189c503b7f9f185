import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Command } from 'commander'
import { validate } from 'dockerfile-utils'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import { type GivenOptions, runOptions, settingsOf } from '../../src/cli/run/options.js'
import { withRun } from '../cli/run/support.js'
import { projectRoot } from '../support/project-root.js'
import { runProgram } from '../support/run-program.js'

const BIN = 'node_modules/signpost/dist/cli.js'

const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8')

/** How `signpost run` understands these arguments. */
function understood(args: readonly string[]) {
  const command = new Command().exitOverride()
  for (const option of runOptions()) command.addOption(option)
  command.parse(args, { from: 'user' })
  return settingsOf('', command.opts<GivenOptions>(), false)
}

const docker = suite('the example of a Dockerfile')

const dockerfile = read('examples/docker/Dockerfile')

/** The argument of an instruction, its last one, over continued lines. */
function instruction(name: string): string {
  const joined = dockerfile.replaceAll(/\\\n\s*/g, '')
  return (
    joined
      .match(new RegExp(`^${name} (.*)$`, 'gm'))
      ?.at(-1)
      ?.slice(name.length + 1) ?? ''
  )
}

docker('has nothing that a linter minds', () => {
  assert.equal(
    validate(dockerfile).map(({ message, range }) => `${range.start.line + 1}: ${message}`),
    [],
  )
})

docker('is built in a stage of its own and does not run as root', () => {
  assert.equal([dockerfile.match(/^FROM /gm)?.length, instruction('USER')], [2, 'node'])
})

docker('starts the program of the package, with options that there are', () => {
  const [node, ...entry] = JSON.parse(instruction('ENTRYPOINT'))
  const { listen, drainMs } = understood(JSON.parse(instruction('CMD')))
  assert.equal(
    [node, entry, listen, drainMs],
    ['node', [BIN, 'run', 'config.json'], { host: '0.0.0.0', port: 6080 }, 30_000],
  )
  assert.is(join('node_modules/signpost', JSON.parse(read('package.json')).bin.signpost), BIN)
})

docker('has a health check that tells a program that is alive from none', () =>
  withRun({ apps: [] }, [], async (program) => {
    await program.started()
    const [, ...args] = JSON.parse(/\[.*\]$/.exec(instruction('HEALTHCHECK'))?.[0] ?? '[]') as string[]
    const { port } = new URL(await program.url('/'))
    const check = async () => {
      const { status } = await runProgram(
        process.execPath,
        args.map((arg) => arg.replace('6080', port)),
      )
      return status
    }
    const alive = await check()
    program.child.kill('SIGKILL')
    await program.ended
    assert.equal([alive, await check()], [0, 1])
  }),
)

docker('copies what its .dockerignore lets through', () => {
  const allowed = read('examples/docker/.dockerignore').match(/(?<=^!).*/gm)
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, files = '']) => files.split(' '))
  assert.equal(allowed, copied)
})

docker('keeps the queue in a volume that has a name, also when the container is removed', () => {
  const commands = [dockerfile, read('docs/guide/signpost-run.md')].flatMap((text) =>
    text.match(/docker run --rm --publish.*/g),
  )
  assert.equal([new Set(commands).size, commands.length], [1, 2])
  assert.match(String(commands[0]), `--volume signpost:${instruction('VOLUME')} `)
})

const systemd = suite('the example of a systemd unit')

const unit = read('examples/systemd/signpost.service')
const setting = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? ''

systemd('starts the program of the package, with options that there are', () => {
  const [node, program, command, config, ...options] = setting('ExecStart').split(' ')
  assert.equal(
    [node, program, command, config, understood(options).drainMs],
    ['/usr/bin/node', `/opt/signpost/${BIN}`, 'run', '/etc/signpost/config.json', 30_000],
  )
})

systemd('takes messages of a child, and gives the end more time than the drain has', () => {
  const { drainMs } = understood(setting('ExecStart').split(' ').slice(4))
  const stopMs = Number.parseInt(setting('TimeoutStopSec'), 10) * 1000
  assert.equal([setting('Type'), setting('NotifyAccess'), stopMs >= drainMs + 10_000], ['notify', 'all', true])
})

const analyze = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'systemd-analyze'))
  .find(existsSync)

// Only where systemd is: the others read the unit alone.
if (analyze !== undefined) {
  systemd('is one that systemd accepts', async () => {
    const folder = temporaryFolder()
    try {
      const file = folder.write('signpost.service', unit.replace('/usr/bin/node', process.execPath))
      const verified = await runProgram(analyze, ['verify', file])
      assert.equal([verified.status, verified.output], [0, ''])
    } finally {
      folder.remove()
    }
  })

  systemd('leaves little to a program that was broken into', async () => {
    const file = join(projectRoot, 'examples/systemd/signpost.service')
    // 15 is an exposure of 1.5 of 10.
    const { status, output } = await runProgram(analyze, ['security', '--offline=true', '--threshold=15', file])
    assert.is(status, 0, output)
  })
}

docker.run()
systemd.run()
