import { type EventType, eventTypeOf } from '../../src/ring/event-types.js'
import { type WriteResult, writeEvent } from '../../src/ring/event-writer.js'
import type { RingProducer } from '../../src/ring/producer.js'
import { received } from '../harness/received.js'

/** What a host hands over for one event. */
export interface SampleEvent {
  readonly type: EventType
  readonly channel: string
  readonly event: string | undefined
  readonly data: string | undefined
  readonly socketId: string | undefined
  readonly userId: string | undefined
}

const NOW = 1_700_000_000_000

function sample(name: string, channel: string, rest: Partial<SampleEvent> = {}): SampleEvent {
  const absent = { event: undefined, data: undefined, socketId: undefined, userId: undefined }
  return { type: eventTypeOf(name), channel, ...absent, ...rest }
}

const members = Array.from({ length: 64 }, (_, index) => {
  const name = index % 2 === 0 ? 'member_added' : 'member_removed'
  return sample(name, received(`presence-room-${index * 37}`), { userId: received(`user-${index * 7919}`) })
})
const clientEvents = members.map(({ channel, userId }, index) =>
  sample('client_event', channel, {
    event: 'client-message',
    data: received(`{"text":"message number ${index}, of the usual length","at":${NOW + index}}`),
    socketId: received(`${index * 104_729}.${index * 1_299_709}`),
    userId,
  }),
)

/** The kinds of events whose cost is measured. */
export const SAMPLES = {
  /** About 40 bytes, ASCII. */
  'a member event': members,
  /** About 130 bytes, ASCII, with quotes to escape in its data. */
  'a client event': clientEvents,
  'a client event of 1 kB': clientEvents.map((event) => ({
    ...event,
    data: received(`{"text":"${'lorem ipsum '.repeat(80)}"}`),
  })),
  'a client event beyond ASCII': clientEvents.map((event) => ({
    ...event,
    data: received(`${event.data} naïve 日本語 😀`),
  })),
} as const satisfies Readonly<Record<string, readonly SampleEvent[]>>

export function writeSample(ring: RingProducer, sampleEvent: SampleEvent): WriteResult {
  const result = writeEvent(ring, 1, sampleEvent.type, NOW, sampleEvent)
  ring.publish()
  return result
}
