// time limit: 300 s

import { setImmediate as nextTurn } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ConfigInput } from '../../../src/index.js'
import { appWith, withReceiver } from '../../support/dispatcher.js'
import { until } from '../../support/until.js'
import { memberLine, type RunProcess, usersOf, withRun } from './support.js'

const test = suite('the back-pressure of signpost run')

const KiB = 1024
const EVENTS = 6000
const PADDING = 'x'.repeat(1000)

/** As little memory as there may be. */
const LITTLE: Pick<ConfigInput, 'webhooks' | 'dispatcher'> = {
  webhooks: {
    batching: { duration: 5, size: 10, max_bytes: 32 * KiB },
    retry: { initial_backoff_ms: 5, max_backoff_ms: 50 },
    circuit_breaker: { enabled: false },
  },
  dispatcher: { shards: 1, ring_bytes: 64 * KiB, arena_bytes: 1024 * KiB },
}

/** Writes all events. @returns how many of them have left this process */
function writeAll(program: RunProcess): () => number {
  let written = 0
  for (let event = 0; event < EVENTS; event++) {
    program.child.stdin.write(memberLine(event, 'app', PADDING), () => {
      written += 1
    })
  }
  program.child.stdin.end()
  return () => written
}

async function metric(program: RunProcess, name: string): Promise<number> {
  const text = await (await fetch(await program.url('/metrics'))).text()
  return Number(new RegExp(`^signpost_${name}\\{shard="0"\\} (\\d+)$`, 'm').exec(text)?.[1])
}

/** Waits until nothing more is accepted, although there is more. */
async function stalled(program: RunProcess): Promise<number> {
  await program.started()
  const refusals = ['refused_ring_full_total', 'refused_arena_full_total', 'refused_endpoint_full_total']
  await until(async () => {
    const counts = await Promise.all(refusals.map((name) => metric(program, name)))
    return counts.some((count) => count > 0)
  })
  await nextTurn()
  return metric(program, 'accepted_total')
}

test('stops reading while its receiver is stalled, and then loses nothing', () =>
  withReceiver((receiver) =>
    withRun({ apps: [appWith([{ url: receiver.url }])], ...LITTLE }, ['--stdin'], async (program) => {
      receiver.fail({ status: 503 })
      const written = writeAll(program)
      const accepted = await stalled(program)
      const [whileStalled, isWaiting] = [written(), program.child.stdin.writableLength > 0]
      receiver.heal()
      const { status } = await program.ended
      const users = new Set(usersOf(receiver))
      assert.equal(
        [accepted < EVENTS, whileStalled < EVENTS, isWaiting, status, users.size, program.exitLine.lines],
        [
          true,
          true,
          true,
          0,
          EVENTS,
          { accepted: EVENTS, invalid: { count: 0, numbers: [] }, refused: {}, notTaken: 0 },
        ],
        program.logText,
      )
    }),
  ))

test('ends within the time to drain while it is stalled, and counts what it had read', () =>
  withReceiver((receiver) =>
    withRun(
      { apps: [appWith([{ url: receiver.url }])], ...LITTLE },
      ['--stdin', '--drain', '300ms'],
      async (program) => {
        receiver.fail({ status: 503 })
        writeAll(program)
        await stalled(program)
        program.child.kill('SIGTERM')
        const { status } = await program.ended
        const { accepted, notTaken } = program.exitLine.lines ?? { accepted: 0, notTaken: 0 }
        // Room may come for what was read while it drains.
        assert.equal([status, accepted > 0, accepted + notTaken < EVENTS], [3, true, true])
      },
    ),
  ))

test.run()
