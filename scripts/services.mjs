/** The programs beyond npm that tests and benchmark start: private instances, never the system's own service. */
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { findProgram, run } from './command.mjs'

/** Program → Debian package. */
const services = {
  mariadbd: 'mariadb-server',
  nginx: 'nginx-light',
  postgres: 'postgresql',
  'redis-server': 'redis-server',
  tinyproxy: 'tinyproxy-bin',
}
const forTests = ['mariadbd', 'nginx', 'postgres', 'redis-server', 'tinyproxy']

const policyFile = '/usr/sbin/policy-rc.d'
const installOptions = ['--yes', '--no-install-recommends']
/** apt waits for dpkg's lock, but not for that of its package lists. */
const attempts = 3
const pauseMs = 10_000
const isRoot = process.getuid?.() === 0

/**
 * @param {readonly string[]} [wanted] programs of the table
 * @returns {Promise<string[]>} what is missing all the same; whoever needs it fails
 */
export async function installServices(wanted = forTests) {
  const missing = missingServices(wanted)
  if (missing.length === 0) return []
  const problem = await installByApt(missing.map((name) => services[name]))
  if (problem === null)
    return missingServices(wanted).map((name) => `${name} is still not found after apt-get install ${services[name]}`)
  return missing.map((name) => `${name} is missing (Debian: ${services[name]}); ${problem}`)
}

function missingServices(wanted) {
  return wanted.filter((name) => findProgram(name) === null)
}

async function installByApt(packages) {
  if (findProgram('apt-get') === null) return 'there is no apt-get here: install it by hand'
  if (!isRoot && findProgram('sudo') === null)
    return 'installing it needs root, and there is no sudo: install it by hand'
  console.log(`installing ${packages.join(', ')}`)
  return withoutStartingServices(async () => {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      if (attempt > 1) await sleep(pauseMs)
      await aptGet(['update'])
      if ((await aptGet(['install', ...installOptions, ...packages])) === 0) return null
    }
    return `apt-get failed ${attempts} times: see its output above`
  })
}

function aptGet(args) {
  return runAsRoot(['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-o', 'DPkg::Lock::Timeout=300', ...args])
}

function runAsRoot([program, ...args]) {
  return isRoot ? run(program, args) : run('sudo', ['-n', program, ...args])
}

/** invoke-rc.d asks this file before a package's scripts may start a daemon; 101 is "forbidden". */
async function withoutStartingServices(install) {
  if (existsSync(policyFile)) return install()
  await runAsRoot(['sh', '-c', `printf '#!/bin/sh\\nexit 101\\n' > ${policyFile} && chmod 755 ${policyFile}`])
  try {
    return await install()
  } finally {
    await runAsRoot(['rm', '-f', policyFile])
  }
}
