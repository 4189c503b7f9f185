import { compileFilter } from '../../src/actor/filters.js'
import { AppHandle } from '../../src/app-handle.js'
import { parseConfig } from '../../src/config/index.js'
import { EMPTY, RingConsumer } from '../../src/ring/consumer.js'
import { createBoard, createRing } from '../../src/ring/layout.js'
import { AppEntry } from '../../src/router/app-entry.js'
import { Emitter } from '../../src/router/emitter.js'
import { type EmitEvent, EventIntake } from '../../src/router/event-intake.js'
import { Link } from '../../src/router/link.js'
import { createHostBlock } from '../../src/stats/layout.js'
import { OPERATIONS_PER_RUN, type Task, type Tasks } from './task.js'

const FILTER = {
  channelType: null,
  channelPrefix: 'presence-',
  channelSuffix: null,
  channelPattern: null,
  channelNamespaces: null,
}

/** From a handle's method to the record in the ring, its clock included, and what an endpoint's filter costs. */
export const EMIT_TASKS: Tasks = {
  'emit: memberAdded': () => {
    const { handle, drain } = newHandle()
    return repeated(() => handle.memberAdded('presence-room-12', 'user-1234'), drain)
  },
  'emit: an object': () => {
    const { emit, drain } = newHandle()
    return repeated(() => emit({ name: 'member_added', channel: 'presence-room-12', user_id: 'user-1234' }), drain)
  },
  'emit: nobody subscribes': () => {
    const { handle } = newHandle()
    return repeated(() => handle.cacheMiss('cache-room-12'))
  },
  'filter: prefix': () => {
    const filter = compileFilter(FILTER)
    return repeated(() => filter?.('presence-room-12'))
  },
  'filter: pattern': () => {
    const filter = compileFilter({ ...FILTER, channelPrefix: null, channelPattern: '^presence-[a-z]+-\\d+$' })
    return repeated(() => filter?.('presence-room-12'))
  },
}

function repeated(operation: () => void, before?: () => void): Task {
  return {
    run: () => {
      for (let index = 0; index < OPERATIONS_PER_RUN; index++) operation()
    },
    ...(before === undefined ? {} : { before }),
  }
}

interface Host {
  readonly handle: AppHandle
  /** As `dispatcher.emit` does, the app found. */
  readonly emit: (event: EmitEvent) => boolean
  readonly drain: () => void
}

function newHandle(): Host {
  const { apps } = parseConfig({
    apps: [{ id: 'a', key: 'k', secret: 's', webhooks: [{ url: 'http://127.0.0.1/', event_types: ['member_added'] }] }],
  })
  const [app] = apps
  if (app === undefined) throw new Error('the configuration has one app')
  const ring = createRing(4 * 1024 * 1024)
  const consumer = new RingConsumer(ring)
  const entry = new AppEntry(app, false)
  const link = new Link(0, ring, createBoard(), createHostBlock(), () => undefined)
  entry.link = link
  entry.index = 0
  const emitter = new Emitter({ place: () => link, refuse: () => undefined }, 262_144)
  const intake = new EventIntake(emitter, () => undefined)
  return {
    handle: new AppHandle({ find: () => entry, emitter, intake }, entry),
    emit: (event) => intake.emit(entry, event),
    drain: () => {
      for (let offset = consumer.peek(); offset !== EMPTY; offset = consumer.peek()) consumer.consume(offset)
    },
  }
}
