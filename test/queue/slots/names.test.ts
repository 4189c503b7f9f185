import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type ClaimFileKind,
  claimFileName,
  folderName,
  MOST_SLOTS,
  parseClaimFile,
  slotNumber,
} from '../../../src/queue/slots/names.js'

const names = suite('the names in a root')

const kinds: readonly ClaimFileKind[] = ['new', 'lock', 'beat', 'beating', 'removing', 'gone']
const hexadecimal = fc.stringMatching(/^[0-9a-f]{16}$/)

names('say which claim a file belongs to', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds),
      fc.record({ number: fc.nat(MOST_SLOTS - 1), kernel: hexadecimal, token: hexadecimal }, { noNullPrototype: true }),
      (kind, claim) => {
        const name = claimFileName(kind, claim)
        assert.equal(parseClaimFile(name), { name, kind, claim })
        assert.is(slotNumber(name), null)
        assert.ok(name.length <= 60)
      },
    ),
  )
})

names('number the folders with three digits', () => {
  assert.equal([0, 7, 42, 999].map(folderName), ['000', '007', '042', '999'])
  assert.equal(['000', '042', '42', '0042', '1e2', '-01', '00a', 'FORMAT', '000.lock'].map(slotNumber), [
    ...[0, 42],
    ...Array(7).fill(null),
  ])
})

names("that are not a claim's are left alone", () => {
  const claim = `${'a'.repeat(16)}-${'b'.repeat(16)}`
  for (const name of ['000', `000.locked-${claim}`, `00.lock-${claim}`, `000.lock-${claim}~`, `000.LOCK-${claim}`]) {
    assert.is(parseClaimFile(name), null, name)
  }
})

names.run()
