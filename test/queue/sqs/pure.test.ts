import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MOST_SQS_BODY_BYTES, MOST_SQS_BYTES } from '../../../src/config/sqs-limits.js'
import { deathAttributes, decodeBody, decodeDeath, decodeHead, encodeHead } from '../../../src/queue/sqs/codec.js'
import { draftOf } from '../../../src/queue/sqs/drafts.js'
import { entryFailure, failureOf } from '../../../src/queue/sqs/failures.js'
import { asBase64, bodyOf, printable, textOf } from '../../../src/queue/sqs/message-text.js'
import { deduplicationIdOf, groupOf } from '../../../src/queue/sqs/names.js'
import { pauseMs } from '../../../src/queue/sqs/pace.js'
import { callsOf, roundsOf } from '../../../src/queue/sqs/packing.js'
import { idleSeconds, LONGEST_HIDDEN_MS, nextStep, pauseSeconds } from '../../../src/queue/sqs/visibility.js'
import { deathOf, jobOf } from '../job-store-contract.js'

const test = suite('SQS, without SQS')

/** As the manual says what a message may have. */
const ALLOWED = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]+$/u

const bytes = () => fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))
const awkward = () =>
  fc
    .array(fc.constantFrom('a', '\uFFFE', '\uFFFF', '\u0000', '\u001F', '\u007F', 'é', '😀', '\t', '\n'), {
      maxLength: 20,
    })
    .map((characters) => Buffer.from(characters.join('')))

test('any body becomes a text that SQS takes, and the same body again', () => {
  fc.assert(
    fc.property(fc.oneof(bytes(), awkward()), (body) => {
      for (const message of [textOf(body), asBase64(body)]) {
        assert.match(message.text, ALLOWED)
        assert.equal(bodyOf(message), body)
      }
    }),
  )
})

test('a body that SQS takes stays as it is', () => {
  const json = '{"time_ms":1,"events":[{"name":"x","data":"ünï 😀\\u0000"}]}'
  assert.equal(textOf(Buffer.from(json)), { text: json, isBase64: false })
})

test('a text for people has nothing that SQS refuses', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.ok(text === '' || ALLOWED.test(printable(text)))
    }),
  )
})

test('a head is the same after it was sent, whatever its ids hold, and is ASCII', () => {
  const text = () => fc.string({ unit: 'binary', minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(text(), text(), fc.nat(), fc.nat(9), bytes(), (app, endpoint, life, copy, body) => {
      const { head } = jobOf(7, { target: { app, endpoint }, life, bodyBytes: body.length, spentMs: 12.5, nextAt: 99 })
      const encoded = encodeHead(head, copy, body, false)
      assert.match(encoded, /^[ -~]+$/)
      const found = decodeHead(encoded)
      assert.equal([found?.head, found?.copy], [head, copy])
    }),
  )
})

test('what is no head, or of another form, is none', () => {
  const good = JSON.parse(encodeHead(jobOf(1).head, 0, Buffer.from('x'), false)) as object
  const wrong = [
    ...['', 'x', 'null', '[]', '{}', '7'],
    ...[{ form: 2 }, { id: 'zz' }, { id: '00' }, { app: 5 }, { seq: -1 }, { life: 1.5 }, { base64: 0 }].map(
      (change) => {
        return JSON.stringify({ ...good, ...change })
      },
    ),
  ]
  assert.equal(
    wrong.map((text) => decodeHead(text)),
    wrong.map(() => null),
  )
})

test('a body in which anything changed is damaged', () => {
  const job = jobOf(1)
  const body = Buffer.from(job.body)
  const found = decodeHead(encodeHead(job.head, 0, body, false))
  if (found === null) throw new Error('no head')
  assert.equal(decodeBody(body.toString(), found), body)
  for (let at = 0; at < body.length; at++) {
    const other = Buffer.from(body)
    other[at] = (other[at] ?? 0) ^ 1
    assert.is(decodeBody(other.toString(), found), null)
  }
})

test('a death is the same after it was sent', () => {
  const death = deathOf('the receiver said "no"', { life: 3 })
  const attributes = new Map(
    Object.entries(deathAttributes(death)).map(([name, value]) => [
      name,
      'text' in value ? value.text : String(value.number),
    ]),
  )
  assert.equal([decodeDeath(attributes, 3), decodeDeath(new Map(), 3)], [death, null])
})

test('the largest body that a configuration may have fits into a message, also as base64', () => {
  const body = Buffer.alloc(MOST_SQS_BODY_BYTES, 0xff)
  const { head } = jobOf(1, { bodyBytes: body.length, target: { app: 'a'.repeat(200), endpoint: 'é'.repeat(200) } })
  assert.ok(draftOf({ head, body }).bytes <= MOST_SQS_BYTES)
})

test('calls hold ten messages and 1 MiB at most, all messages, and no fewer than they could', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: MOST_SQS_BYTES })), (sizes) => {
      const calls = [...callsOf(sizes.map((size) => ({ bytes: size })))]
      const sums = calls.map((call) => call.reduce((sum, each) => sum + each.bytes, 0))
      assert.equal(
        calls.flat().map((each) => each.bytes),
        sizes,
      )
      for (const [index, call] of calls.entries()) {
        assert.ok(call.length >= 1 && call.length <= 10 && (sums[index] ?? 0) <= MOST_SQS_BYTES)
        const next = calls[index + 1]?.[0]
        if (next !== undefined) assert.ok(call.length === 10 || (sums[index] ?? 0) + next.bytes > MOST_SQS_BYTES)
      }
    }),
  )
})

test('a round has each group once, and the rounds have the messages of a group in their order', () => {
  const messages = fc.array(fc.constantFrom('a', 'b', 'c')).map((groups) => groups.map((group, at) => ({ group, at })))
  fc.assert(
    fc.property(messages, (given) => {
      const rounds = roundsOf(given)
      for (const round of rounds) assert.is(new Set(round.map(({ group }) => group)).size, round.length)
      for (const name of ['a', 'b', 'c']) {
        const of = (list: typeof given) => list.filter(({ group }) => group === name)
        assert.equal(of(rounds.flat()), of(given))
      }
    }),
  )
})

test('a group is named by what SQS takes, one for each endpoint', () => {
  const group = groupOf({ app: 'ä', endpoint: '\0:' })
  assert.match(group, /^[\w-]{1,128}$/)
  assert.is.not(groupOf({ app: 'a', endpoint: 'bc' }), groupOf({ app: 'ab', endpoint: 'c' }))
})

test('a replay and a copy have deduplication ids of their own', () => {
  const { head } = jobOf(1)
  const ids = [deduplicationIdOf(head, 0), deduplicationIdOf({ ...head, life: 1 }, 0), deduplicationIdOf(head, 1)]
  assert.is(new Set(ids).size, 3)
  for (const id of ids) assert.match(id, /^[\w.:-]{1,128}$/)
})

test('a message that is renewed in time stays hidden from its receipt until it is replaced, within twelve hours', () => {
  const timeout = fc.integer({ min: 2, max: 43_200 }).map((seconds) => seconds * 1000)
  fc.assert(
    fc.property(timeout, fc.double({ min: 0, max: 0.2, noNaN: true }), (timeoutMs, lateness) => {
      let untilMs = timeoutMs
      let nowMs = 0
      for (let steps = 0; steps < 100_000; steps++) {
        const step = nextStep({ receivedAtMs: 0, untilMs }, timeoutMs, nowMs)
        assert.ok(nowMs <= untilMs, `visible at ${nowMs}, hidden until ${untilMs}`)
        if (step.kind === 'replace') {
          assert.ok(nowMs < LONGEST_HIDDEN_MS - 30_000)
          return
        }
        if (step.kind === 'renew') {
          untilMs = nowMs + step.seconds * 1000
          assert.ok(untilMs <= LONGEST_HIDDEN_MS)
        } else {
          assert.ok(step.untilMs > nowMs)
          nowMs = step.untilMs + lateness * Math.min(timeoutMs, 60_000)
        }
      }
      assert.unreachable('it is never replaced')
    }),
    { numRuns: 60 },
  )
})

test('a pause is as long as it is asked for, within the twelve hours', () => {
  const hidden = { receivedAtMs: 0, untilMs: 30_000 }
  assert.equal(
    [
      pauseSeconds(90_500, hidden, 1000),
      pauseSeconds(LONGEST_HIDDEN_MS * 2, hidden, 1000) * 1000 + 1000 <= LONGEST_HIDDEN_MS,
      pauseSeconds(-5, hidden, 1000),
      pauseSeconds(60_000, hidden, LONGEST_HIDDEN_MS + 1),
    ],
    [91, true, 0, 0],
  )
})

test('a message that nobody can use waits longer each time, a quarter of an hour at most', () => {
  assert.equal([1, 2, 3, 6, 7, 1000].map(idleSeconds), [15, 30, 60, 480, 900, 900])
})

test('the pause before another try doubles and has a bound', () => {
  assert.equal([pauseMs(1, 1), pauseMs(2, 1), pauseMs(3, 0.5), pauseMs(50, 1)], [50, 100, 100, 2000])
})

test('each failure of the service has a kind', () => {
  const named = (name: string, status = 400, message = 'm') =>
    failureOf(Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } })).kind
  assert.equal(
    [
      named('OverLimit'),
      named('ServiceUnavailable', 503),
      named('Unknown', 503),
      named('RequestThrottled'),
      named('ExpiredToken', 403),
      named('CredentialsProviderError'),
      named('QueueDoesNotExist'),
      named('AWS.SimpleQueueService.NonExistentQueue'),
      named('InvalidParameterValue', 400, 'Reason: The receipt handle has expired.'),
      named('InternalFailure', 500),
      entryFailure('InvalidMessageContents', 'm', true).kind,
      entryFailure('InternalError', 'm', false).kind,
    ],
    [
      ...['throttled', 'throttled', 'throttled', 'throttled', 'credentials', 'credentials', 'no-queue', 'no-queue'],
      ...['stale-handle', 'unavailable', 'refused-message', 'throttled'],
    ],
  )
})

test.run()
