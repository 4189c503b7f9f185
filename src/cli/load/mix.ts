import type { AppHandle } from '../../index.js'
import { type Random, shuffle } from './random.js'

/** Emits one event that carries a mark. */
type Emit = (app: AppHandle, mark: string, channel: number, filler: string) => boolean

interface Emission {
  readonly eventType: string
  readonly emit: Emit
}

const CHANNELS = 64
/** Coprime to what the events are dealt out by, so that every app gets every kind. */
const TABLE_LENGTH = 65_537

const presence = channelNames('presence-room-')
const rooms = channelNames('room-')
const privates = channelNames('private-room-')

/** What may be in a mix; the names of one entry are emitted in equal parts. */
export const KINDS = {
  member: [
    { eventType: 'member_added', emit: (app, mark, channel) => app.memberAdded(presence[channel] ?? '', mark) },
    { eventType: 'member_removed', emit: (app, mark, channel) => app.memberRemoved(presence[channel] ?? '', mark) },
  ],
  channel: [
    { eventType: 'channel_occupied', emit: (app, mark, channel) => app.channelOccupied(rooms[channel] + mark) },
    { eventType: 'channel_vacated', emit: (app, mark, channel) => app.channelVacated(rooms[channel] + mark) },
  ],
  client: [
    {
      eventType: 'client_event',
      emit: (app, mark, channel, filler) =>
        app.clientEvent({ channel: privates[channel] ?? '', event: 'client-load', data: dataOf(mark, filler) }),
    },
  ],
  'cache-miss': [{ eventType: 'cache_miss', emit: (app, mark, channel) => app.cacheMiss(rooms[channel] + mark) }],
  count: [
    {
      eventType: 'subscription_count',
      emit: (app, mark, channel) => app.subscriptionCount(rooms[channel] + mark, channel),
    },
  ],
  custom: [
    {
      eventType: 'load_event',
      emit: (app, mark, channel, filler) =>
        app.emit({ name: 'load_event', channel: rooms[channel] ?? '', data: dataOf(mark, filler) }),
    },
  ],
} as const satisfies Readonly<Record<string, readonly Emission[]>>

export type Kind = keyof typeof KINDS
/** Parts of each kind; they need not come to 100. */
export type Mix = Readonly<Partial<Record<Kind, number>>>

export function isKind(name: string): name is Kind {
  return Object.hasOwn(KINDS, name)
}

/** The webhook event types that a mix is made of. */
export function eventTypesOf(mix: Mix): string[] {
  return emissionsOf(mix).map(([{ eventType }]) => eventType)
}

/** Deals out the kinds of a mix by their shares, in an order that the random numbers decide. */
export class EventMix {
  readonly #emits: readonly Emit[]
  readonly #kindAt: Uint8Array

  constructor(mix: Mix, random: Random) {
    const emissions = emissionsOf(mix)
    this.#emits = emissions.map(([{ emit }]) => emit)
    this.#kindAt = apportioned(
      emissions.map(([, parts]) => parts),
      TABLE_LENGTH,
    )
    shuffle(this.#kindAt, random)
  }

  /** @param number counts the events from 0 */
  emit(number: number, app: AppHandle, mark: string, filler: string): boolean {
    const emit = this.#emits[this.#kindAt[number % TABLE_LENGTH] ?? 0]
    return emit?.(app, mark, number % CHANNELS, filler) ?? false
  }
}

/** What surrounds the mark and the filler in the data of a client event. */
const DATA_START = '{"mark":"'
const DATA_MIDDLE = '","filler":"'
const DATA_END = '"}'

function dataOf(mark: string, filler: string): string {
  return DATA_START + mark + filler
}

/** Fills `data` with a mark of `markLength` up to so many bytes. */
export function fillerFor(dataBytes: number, markLength: number): string {
  const rest = dataBytes - DATA_START.length - markLength - DATA_MIDDLE.length - DATA_END.length
  return rest < 0 ? DATA_END : `${DATA_MIDDLE}${'x'.repeat(rest)}${DATA_END}`
}

function emissionsOf(mix: Mix): (readonly [Emission, number])[] {
  return Object.keys(mix)
    .filter(isKind)
    .flatMap((kind) =>
      KINDS[kind].map((emission: Emission) => [emission, (mix[kind] ?? 0) / KINDS[kind].length] as const),
    )
    .filter(([, parts]) => parts > 0)
}

/** Every index as often as its parts ask for, to the nearest whole number. */
function apportioned(parts: readonly number[], length: number): Uint8Array {
  const total = parts.reduce((sum, part) => sum + part, 0)
  const table = new Uint8Array(length)
  let before = 0
  let from = 0
  parts.forEach((part, index) => {
    before += part
    const to = Math.round((before / total) * length)
    table.fill(index, from, to)
    from = to
  })
  return table
}

function channelNames(prefix: string): readonly string[] {
  return Array.from({ length: CHANNELS }, (_, index) => prefix + index)
}
