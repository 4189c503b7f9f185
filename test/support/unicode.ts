import fc from 'fast-check'

const surrogate = fc.integer({ min: 0xd800, max: 0xdfff })
const anyUnit = fc.integer({ min: 0, max: 0xffff })
const asciiUnit = fc.integer({ min: 0, max: 0x7f })

/** Any sequence of UTF-16 code units: control characters, pairs and halves of pairs included. */
export function anyText(maxLength = 40): fc.Arbitrary<string> {
  const mixed = fc.oneof({ weight: 3, arbitrary: asciiUnit }, { weight: 2, arbitrary: surrogate }, anyUnit)
  return fc
    .oneof(fc.array(asciiUnit, { maxLength }), fc.array(mixed, { maxLength }))
    .map((units) => String.fromCharCode(...units))
}
