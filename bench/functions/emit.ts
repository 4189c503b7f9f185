import { compileFilter } from '../../src/actor/filters.js'
import { parseConfig } from '../../src/config/index.js'
import { type AppHandle, EntryHandle } from '../../src/dispatcher/app-handle.js'
import { EMPTY, RingConsumer } from '../../src/ring/consumer.js'
import { createBoard, createRing } from '../../src/ring/layout.js'
import { Directory } from '../../src/router/directory.js'
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

/** Apps that take turns: an app's data is not in the processor's nearest cache when its turn comes. */
const APPS = 1000

/** From a handle's method, or the app's id, to the record in the ring, its clock included, and what an endpoint's filter costs. */
export const EMIT_TASKS: Tasks = {
  'emit: memberAdded of a handle': () => {
    const { handles, texts, drain } = newHost()
    let turn = 0
    return repeated(() => {
      turn = (turn + 1) % APPS
      handles[turn]?.memberAdded('presence-room-12', texts.users[turn] ?? '')
    }, drain)
  },
  'emit: by id': () => {
    const { emit, texts, drain } = newHost()
    let turn = 0
    return repeated(() => {
      turn = (turn + 1) % APPS
      const event = { name: 'member_added', channel: 'presence-room-12', user_id: texts.users[turn] ?? '' }
      emit(texts.ids[turn] ?? '', event)
    }, drain)
  },
  'emit: nobody subscribes': () => {
    const { handles } = newHost()
    const [handle] = handles
    return repeated(() => handle?.cacheMiss('cache-room-12'))
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
  readonly handles: readonly AppHandle[]
  /** As `dispatcher.emit` does. */
  readonly emit: (id: string, event: EmitEvent) => boolean
  /** Texts as a host has them, from messages that it parsed. */
  readonly texts: { readonly ids: readonly string[]; readonly users: readonly string[] }
  readonly drain: () => void
}

function newHost(): Host {
  const webhooks = [{ url: 'http://127.0.0.1/', event_types: ['member_added'] }]
  const { apps } = parseConfig({
    apps: Array.from({ length: APPS }, (_, index) => ({ id: `app-${index}`, key: 'k', secret: 's', webhooks })),
  })
  const ring = createRing(4 * 1024 * 1024)
  const consumer = new RingConsumer(ring)
  const link = new Link(0, ring, createBoard(), createHostBlock(), () => undefined)
  const directory = new Directory(apps, false)
  const emitter = new Emitter({ place: () => link, refuse: () => undefined }, 262_144)
  const intake = new EventIntake(emitter, () => undefined)
  const parts = { find: (id: string) => directory.find(id), emitter, intake }
  const handles = apps.map(({ id }, index) => {
    const entry = directory.get(id)
    entry.link = link
    entry.index = index
    return new EntryHandle(parts, entry)
  })
  return {
    handles,
    emit: (id, event) => {
      const entry = directory.find(id)
      return entry !== undefined && intake.emit(entry, event)
    },
    texts: { ids: parsed('app'), users: parsed('user') },
    drain: () => {
      for (let offset = consumer.peek(); offset !== EMPTY; offset = consumer.peek()) consumer.consume(offset)
    },
  }
}

function parsed(kind: string): readonly string[] {
  return JSON.parse(JSON.stringify(Array.from({ length: APPS }, (_, index) => `${kind}-${index}`))) as string[]
}
