import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Markers } from '../../src/gather/markers.js'
import { CONTROL_BYTES, Control } from '../../src/ring/layout.js'

const test = suite('markers')

const NOTHING = (): void => undefined

interface Rig {
  readonly markers: Markers
  readonly control: Int32Array
  /** What has taken effect, in order. */
  readonly effects: string[]
  readonly expect: (marker: number, name: string) => void
  /** Times that the ring was told to look again. */
  readonly calls: () => number
}

/** @param lastMarker the last that was passed. @param lastBefore the last that was written before the thread began */
function rig(lastMarker = 0, lastBefore = 0): Rig {
  const control = new Int32Array(new SharedArrayBuffer(CONTROL_BYTES))
  control[Control.LastMarker] = lastMarker
  const effects: string[] = []
  let calls = 0
  const markers = new Markers(control, lastBefore, () => {
    calls += 1
  })
  const expect = (marker: number, name: string) => {
    markers.expect(
      marker,
      () => effects.push(name) > 0,
      () => effects.push(`${name} passed`),
    )
  }
  return { markers, control, effects, expect, calls: () => calls }
}

test('a call that comes first waits for its marker', () => {
  const { expect, effects } = rig()
  expect(1, 'a')
  assert.equal(effects, [])
})

test('a call takes effect when its marker is reached', () => {
  const { expect, effects, markers } = rig()
  expect(1, 'a')
  assert.equal([markers.reach(1), effects], [true, ['a']])
})

test('a marker that comes first waits for its call', () => {
  assert.not(rig().markers.reach(1))
})

test('a call lets the ring look at its marker again', () => {
  const { expect, calls } = rig()
  expect(1, 'a')
  assert.is(calls(), 1)
})

test('calls take effect in the order of their markers, whichever comes first', () => {
  const { expect, effects, markers } = rig()
  expect(2, 'b')
  expect(1, 'a')
  markers.reach(1)
  markers.reach(2)
  assert.equal(effects, ['a', 'b'])
})

test('a marker that has taken effect is noted in shared memory', () => {
  const { expect, markers, control } = rig()
  expect(5, 'a')
  markers.reach(5)
  assert.is(control[Control.LastMarker], 5)
})

test('a call whose marker was passed is told so, and has no effect: the thread began with it in force', () => {
  const { expect, effects } = rig(7)
  expect(7, 'a')
  assert.equal(effects, ['a passed'])
})

test('a marker of a former thread whose call nobody repeats is passed over', () => {
  const { markers, control } = rig(3, 5)
  const reached = [4, 5, 6].map((marker) => markers.reach(marker))
  assert.equal([reached, control[Control.LastMarker]], [[true, true, false], 5])
})

test('a marker of a former thread whose call is repeated has its effect', () => {
  const { expect, effects, markers } = rig(3, 5)
  expect(4, 'a')
  markers.reach(4)
  assert.equal(effects, ['a'])
})

test('markers may wrap around', () => {
  const { expect, effects } = rig(-(2 ** 31))
  expect(2 ** 31 - 1, 'passed')
  expect(-(2 ** 31) + 1, 'to come')
  assert.equal(effects, ['passed passed'])
})

test('an effect that cannot be had yet makes the ring wait and is tried again', () => {
  const { markers, control } = rig()
  let tries = 0
  markers.expect(
    1,
    () => {
      tries += 1
      return tries === 2
    },
    NOTHING,
  )
  const reached = [markers.reach(1), markers.reach(1)]
  assert.equal([reached, control[Control.LastMarker]], [[false, true], 1])
})

test('an effect is not noted before it is had', () => {
  const { markers, control } = rig()
  markers.expect(1, () => false, NOTHING)
  markers.reach(1)
  assert.is(control[Control.LastMarker], 0)
})

test.run()
