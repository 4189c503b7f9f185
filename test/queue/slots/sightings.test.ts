import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { look, type Sighting, Sightings } from '../../../src/queue/slots/sightings.js'

const sightings = suite("sightings of another machine's heartbeat")

const looks: readonly { what: string; looks: readonly (readonly [number, string | null])[]; unchangedForMs: number }[] =
  [
    { what: 'the first', looks: [[5_000, 'a']], unchangedForMs: 0 },
    {
      what: 'two of the same',
      looks: [
        [0, 'a'],
        [9_000, 'a'],
      ],
      unchangedForMs: 9_000,
    },
    {
      what: 'a new heartbeat',
      looks: [
        [0, 'a'],
        [9_000, 'a'],
        [18_000, 'b'],
      ],
      unchangedForMs: 0,
    },
    {
      what: 'one that went',
      looks: [
        [0, 'a'],
        [9_000, ''],
      ],
      unchangedForMs: 0,
    },
    {
      what: 'none at all',
      looks: [
        [0, ''],
        [9_000, ''],
      ],
      unchangedForMs: 9_000,
    },
    {
      what: 'one that cannot be read',
      looks: [
        [0, null],
        [9_000, null],
        [18_000, null],
      ],
      unchangedForMs: 0,
    },
    {
      what: 'a long pause of the whole machine',
      looks: [
        [0, 'a'],
        [3_600_000, 'a'],
      ],
      unchangedForMs: 10_000,
    },
    {
      what: 'a clock that stands',
      looks: [
        [7, 'a'],
        [7, 'a'],
      ],
      unchangedForMs: 0,
    },
  ]

for (const { what, looks: steps, unchangedForMs } of looks) {
  sightings(`count the time without a change: ${what}`, () => {
    let sighting: Sighting | undefined
    for (const [nowMs, heartbeat] of steps) sighting = look(sighting, heartbeat, nowMs)
    assert.is(sighting?.unchangedForMs, unchangedForMs)
  })
}

sightings('never count more time than has passed since the last change', () => {
  const step = fc.record({ passedMs: fc.nat(40_000), heartbeat: fc.constantFrom('a', 'b', '', null) })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let sighting: Sighting | undefined
      let nowMs = 0
      let changedAtMs = 0
      for (const { passedMs, heartbeat } of steps) {
        nowMs += passedMs
        if (heartbeat === null || heartbeat !== sighting?.heartbeat) changedAtMs = nowMs
        sighting = look(sighting, heartbeat, nowMs)
        assert.ok(sighting.unchangedForMs <= nowMs - changedAtMs)
      }
    }),
  )
})

sightings('are kept apart by claim, and forgotten with it', () => {
  const all = new Sightings()
  all.look('one', 'a', 0)
  all.look('other', 'a', 4_000)
  assert.equal([all.look('one', 'a', 5_000), all.look('other', 'a', 5_000)], [5_000, 1_000])
  all.keep(new Set(['one']))
  assert.is(all.size, 1)
  assert.equal([all.look('one', 'a', 6_000), all.look('other', 'a', 6_000)], [6_000, 0])
})

sightings.run()
