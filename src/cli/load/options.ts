import { Option } from 'commander'
import type { Mix } from './mix.js'
import { mixText, parseMix } from './mix-text.js'
import { decimal, orWord, range, wholeNumber } from './option-values.js'
import { lengthInSeconds } from './schedule.js'
import type { LoadSettings, Range } from './settings.js'

const MAX_RATE = 10_000_000
const MAX_EVENTS = 1_000_000_000
const DEFAULT_SECONDS = 10
/** A new process catches up with what came while its code was cold. */
const DEFAULT_WARM_UP_SECONDS = 2
/** Of the run, at most. */
const WARM_UP_SHARE = 0.25
const DEFAULT_MIX: Mix = { member: 60, client: 30, channel: 10 }
const DEFAULT_PAYLOAD: Range = { least: 200, most: 200 }

const share = decimal({ min: 0, max: 1, unit: 'share of requests' })
const seconds = decimal({ min: 0, max: 86_400, unit: 'seconds' })
const rate = orWord(
  'max',
  decimal({ min: 0.001, max: MAX_RATE, unit: 'events/s' }),
  `"max" or a number from 0.001 to ${MAX_RATE} (events/s)`,
)

/** What commander makes of `loadOptions`. */
export interface GivenOptions
  extends Omit<LoadSettings, 'seconds' | 'events' | 'shards' | 'warmUpSeconds' | 'drainSeconds' | 'delayMs'> {
  readonly seconds?: number
  readonly events?: number
  readonly shards?: number
  readonly warmUp?: number
  readonly drain: number
  readonly delay: number
}

/** The options of `signpost load` that say what the run is like. */
export function loadOptions(): Option[] {
  return [
    option('--rate <events/s>', 'events to offer per second, or "max" for as fast as they are accepted', rate).default(
      10_000,
    ),
    option(
      '--seconds <n>',
      `how long to emit (default: ${DEFAULT_SECONDS}, unless --events is given)`,
      decimal({ min: 0.1, max: 604_800, unit: 'seconds' }),
    ),
    option('--events <n>', 'how many events to emit', wholeNumber({ min: 1, max: MAX_EVENTS, unit: 'events' })),
    option('--apps <n>', 'how many apps emit', wholeNumber({ min: 1, max: 100_000, unit: 'apps' })).default(100),
    new Option('--distribution <name>', 'how events are spread over the apps')
      .choices(['even', 'in-turn', 'zipf'])
      .default('even'),
    option(
      '--mix <kind=parts,…>',
      'shares of the kinds of events: member, channel, client, cache-miss, count, custom',
      parseMix,
    ).default(DEFAULT_MIX, mixText(DEFAULT_MIX)),
    option(
      '--payload <bytes>',
      'data size of client and custom events, or a range such as 100-2000',
      range({ min: 1, max: 100_000, unit: 'bytes' }),
    ).default(DEFAULT_PAYLOAD, '200'),
    option('--endpoints <n>', 'webhooks per app', wholeNumber({ min: 1, max: 64, unit: 'webhooks' })).default(1),
    option('--batch-size <n>', 'most events per request', wholeNumber({ min: 1, max: 10_000, unit: 'events' })).default(
      100,
    ),
    option(
      '--batch-ms <ms>',
      'longest time that an event waits for others; 0 turns batching off',
      wholeNumber({ min: 0, max: 600_000, unit: 'ms' }),
    ).default(50),
    option(
      '--shards <n>',
      'worker threads of the dispatcher (default: the dispatcher decides)',
      wholeNumber({ min: 1, max: 256, unit: 'threads' }),
    ),
    option(
      '--receivers <n>',
      'how many receiver processes to start',
      wholeNumber({ min: 1, max: 64, unit: 'processes' }),
    ).default(1),
    option(
      '--delay <ms>',
      'how long receivers take to answer',
      wholeNumber({ min: 0, max: 600_000, unit: 'ms' }),
    ).default(0),
    option('--delay-share <0..1>', 'share of requests that are delayed', share).default(1),
    option('--fail-share <0..1>', 'share of requests that are answered with 500, and so retried', share).default(0),
    option(
      '--verify <n>',
      'check the signature of one request in n; 0 checks none',
      wholeNumber({ min: 0, max: 1_000_000_000, unit: 'requests' }),
    ).default(100),
    option(
      '--warm-up <seconds>',
      `leave the latency of the first seconds out of the report (default: ${DEFAULT_WARM_UP_SECONDS}, but at most a quarter of the run)`,
      seconds,
    ),
    option(
      '--drain <seconds>',
      'how long to wait at the end for events in flight, and for a refused event to be accepted',
      seconds,
    ).default(60),
    option(
      '--seed <n>',
      'seed of everything that is random',
      wholeNumber({ min: 0, max: 2 ** 32 - 1, unit: 'a 32-bit number' }),
    ).default(1),
  ]
}

export function settingsOf(given: GivenOptions): LoadSettings {
  const { seconds: givenSeconds, events = null, shards = null, warmUp, drain, delay, ...rest } = given
  const untilSeconds = givenSeconds ?? (events === null ? DEFAULT_SECONDS : null)
  const schedule = { rate: rest.rate, seconds: untilSeconds, events }
  return {
    rate: rest.rate,
    seconds: untilSeconds,
    events,
    apps: rest.apps,
    distribution: rest.distribution,
    mix: rest.mix,
    payload: rest.payload,
    endpoints: rest.endpoints,
    batchSize: rest.batchSize,
    batchMs: rest.batchMs,
    shards,
    receivers: rest.receivers,
    delayMs: delay,
    delayShare: rest.delayShare,
    failShare: rest.failShare,
    verify: rest.verify,
    seed: rest.seed,
    warmUpSeconds: warmUp ?? Math.min(DEFAULT_WARM_UP_SECONDS, (lengthInSeconds(schedule) ?? 0) * WARM_UP_SHARE),
    drainSeconds: drain,
  }
}

function option<Value>(flags: string, description: string, parse: (text: string) => Value): Option {
  return new Option(flags, description).argParser(parse)
}
