import { script } from '../scripts.js'

/** How long it is remembered which group of a process was the last, in ms: longer than any of its bytes are on their way. */
export const WRITER_KEPT_MS = 3_600_000

/**
 * Stores jobs and letters of a process that need not have the lane: KEYS log, dead, from; ARGV number, ms that it is remembered, then each with a
 * letter: j(ob) head body · d(ead letter) head body death. A group that is not newer than the last one is not stored. The first XADD is refused
 * when Redis is full, before anything is written.
 */
export const STORE = script(`
local log, dead, from = KEYS[1], KEYS[2], KEYS[3]
if tonumber(redis.call('HGET', from, 'fence') or '0') >= tonumber(ARGV[1]) then return {'late'} end
local at = 3
while at <= #ARGV do
  if ARGV[at] == 'j' then
    redis.call('XADD', log, '*', 'h', ARGV[at + 1], 'b', ARGV[at + 2])
    at = at + 3
  else
    redis.call('XADD', dead, '*', 'h', ARGV[at + 1], 'b', ARGV[at + 2], 'd', ARGV[at + 3])
    at = at + 4
  end
end
redis.call('HSET', from, 'fence', ARGV[1], 'stored', ARGV[1])
redis.call('PEXPIRE', from, ARGV[2])
return {'stored'}
`)

/** KEYS from; ARGV how much the number rises by, and ms → the number now, and that of the last group that was stored. Lower numbers come too late now. */
export const ADVANCE = script(`
local from = KEYS[1]
local fence = redis.call('HINCRBY', from, 'fence', ARGV[1])
redis.call('PEXPIRE', from, ARGV[2])
return {tostring(fence), redis.call('HGET', from, 'stored') or '0'}
`)

/** Letters, whoever has the lane: p(urge) letter · r(eplay) letter head → for each whether it was there. May be repeated. */
export const LETTER_CHANGE = script(`
local log, dead, meta = KEYS[1], KEYS[2], KEYS[5]
redis.call('HDEL', meta, 'full')
local found = {}
local at = 1
while at <= #ARGV do
  local id = ARGV[at + 1]
  local entry = redis.call('XRANGE', dead, id, id)[1]
  local isThere = entry and redis.call('XDEL', dead, id) == 1
  if ARGV[at] == 'r' then
    if isThere then redis.call('XADD', log, '*', 'h', ARGV[at + 2], 'b', entry[2][4]) end
    at = at + 3
  else
    at = at + 2
  end
  found[#found + 1] = isThere and 1 or 0
end
return found
`)

/**
 * KEYS consumers; ARGV the server's time, until when this process counts as one, its token → how many there are. Nothing that takes memory comes
 * first: lanes of the dead are taken over in a full Redis too.
 */
export const STAY = script(`
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
return {redis.call('ZCARD', KEYS[1])}
`)

/** Entries and bytes of the jobs, then of the letters. */
export const FIGURES = script(`
local function bytes(key) return redis.call('MEMORY', 'USAGE', key) or 0 end
return {redis.call('XLEN', KEYS[1]), bytes(KEYS[1]), redis.call('XLEN', KEYS[2]), bytes(KEYS[2])}
`)
