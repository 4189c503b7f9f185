import { Bench } from 'tinybench'
import { compileFilter } from '../src/actor/filters.js'
import { AppHandle } from '../src/app-handle.js'
import { parseConfig } from '../src/config/index.js'
import { EMPTY, RingConsumer } from '../src/ring/consumer.js'
import { createBoard, createRing } from '../src/ring/layout.js'
import { AppEntry } from '../src/router/app-entry.js'
import { Emitter } from '../src/router/emitter.js'
import { Link } from '../src/router/link.js'
import { createHostBlock } from '../src/stats/layout.js'
import { OPERATIONS_PER_RUN } from './operations.js'

const FILTER = {
  channelType: null,
  channelPrefix: 'presence-',
  channelSuffix: null,
  channelPattern: null,
  channelNamespaces: null,
}

/** From a handle's method to the record in the ring, its clock included, and what an endpoint's filter costs. */
export function emitBench(): Bench {
  const { apps } = parseConfig({
    apps: [{ id: 'a', key: 'k', secret: 's', webhooks: [{ url: 'http://127.0.0.1/', event_types: ['member_added'] }] }],
  })
  const [app] = apps
  if (app === undefined) throw new Error('the configuration has one app')
  const ring = createRing(4 * 1024 * 1024)
  const consumer = new RingConsumer(ring)
  const entry = new AppEntry(app, false)
  entry.link = new Link(0, ring, createBoard(), createHostBlock(), () => undefined)
  entry.index = 0
  const link = entry.link
  const handle = new AppHandle(() => entry, entry, new Emitter({ place: () => link, refuse: () => undefined }, 262_144))
  const byPrefix = compileFilter(FILTER)
  const byPattern = compileFilter({ ...FILTER, channelPrefix: null, channelPattern: '^presence-[a-z]+-\\d+$' })

  const drain = () => {
    for (let offset = consumer.peek(); offset !== EMPTY; offset = consumer.peek()) consumer.consume(offset)
  }
  return new Bench({ time: 500 })
    .add(
      'emit: memberAdded',
      () => {
        for (let index = 0; index < OPERATIONS_PER_RUN; index++) handle.memberAdded('presence-room-12', 'user-1234')
      },
      { beforeEach: drain },
    )
    .add('emit: nobody subscribes', () => {
      for (let index = 0; index < OPERATIONS_PER_RUN; index++) handle.cacheMiss('cache-room-12')
    })
    .add('filter: prefix', () => {
      for (let index = 0; index < OPERATIONS_PER_RUN; index++) byPrefix?.('presence-room-12')
    })
    .add('filter: pattern', () => {
      for (let index = 0; index < OPERATIONS_PER_RUN; index++) byPattern?.('presence-room-12')
    })
}
