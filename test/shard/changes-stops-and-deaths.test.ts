/**
 * Apps change, endpoints answer 410 and retire, and threads die, in any order: what the host holds of the apps and what its shard
 * does never disagree, and nothing that was accepted is lost.
 */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isLong } from '../support/effort.js'
import { HostAndShard } from './support/host-and-shard.js'

const test = suite('changes, stops and deaths')

type Step = (rig: HostAndShard) => void

const step = (name: string, run: Step) => ({ name, run, toString: () => name })

const anyStep = fc.oneof(
  { weight: 3, arbitrary: fc.constant(step('set a', (rig) => rig.configure(['a']))) },
  { weight: 1, arbitrary: fc.constant(step('set a and b', (rig) => rig.configure(['a', 'b']))) },
  { weight: 3, arbitrary: fc.constant(step('set nothing', (rig) => rig.configure([]))) },
  { weight: 1, arbitrary: fc.constant(step('delete', (rig) => rig.configure(null))) },
  { weight: 4, arbitrary: fc.constant(step('emit', (rig) => rig.emit())) },
  { weight: 8, arbitrary: fc.constant(step('turn', (rig) => rig.turn())) },
  { weight: 1, arbitrary: fc.constant(step('take calls', (rig) => rig.receiveCalls())) },
  { weight: 1, arbitrary: fc.constant(step('read', (rig) => rig.read())) },
  { weight: 3, arbitrary: fc.nat(3).map((pick) => step(`200 to ${pick}`, (rig) => rig.answer(pick, 200))) },
  { weight: 2, arbitrary: fc.nat(3).map((pick) => step(`410 to ${pick}`, (rig) => rig.answer(pick, 410))) },
  { weight: 2, arbitrary: fc.constant(step('a message', (rig) => rig.receiveNotices(1))) },
  { weight: 1, arbitrary: fc.constant(step('die', (rig) => rig.die())) },
)

async function played(steps: readonly { readonly run: Step }[], examine: Step): Promise<void> {
  await using rig = new HostAndShard()
  for (const { run } of steps) run(rig)
  rig.settle()
  examine(rig)
}

const anySteps = fc.array(anyStep, { maxLength: 80, size: 'max' })

test('lose nothing and leave nothing that no endpoint owns', () =>
  fc.assert(
    fc.asyncProperty(anySteps, (steps) =>
      played(steps, ({ accepted, settled, setAside }) => {
        const missing = [...accepted].filter((event) => !settled.has(event))
        assert.equal([missing, setAside], [[], []])
      }),
    ),
    { numRuns: isLong ? 400 : 100 },
  ))

test('leave the host and its shard of one mind about what is stopped, also after one more death', () =>
  fc.assert(
    fc.asyncProperty(anySteps, (steps) =>
      played(steps, (rig) => {
        const before = rig.stopped()
        rig.die()
        rig.settle()
        const after = rig.stopped()
        assert.equal([before.shard, after.host, after.shard], [before.host, before.host, before.host])
      }),
    ),
    { numRuns: isLong ? 400 : 100 },
  ))

test.run()
