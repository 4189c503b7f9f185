import { createHash } from 'node:crypto'

/** A script of Redis's. Those of this file take the keys of one lane, in the order of `LaneKeys`. */
export interface Script {
  readonly text: string
  readonly sha: string
}

export function script(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}

const KEYS = `
local log, dead, state, lease, meta = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local token = ARGV[1]
`

/**
 * Redis refuses what takes memory when it is full, but not in a script that has written already: behind this nothing is refused. What
 * settles and what keeps a lane has to work in a full Redis.
 */
const ALLOW_WHEN_FULL = `
redis.call('HDEL', meta, 'full')
`

/**
 * Groups have numbers that rise. A lane that has not heard of the group before, or of no owner at all, has lost data; a group that is not
 * newer than the last one was sent by a connection that was given up.
 */
const OWNED = `
local before, number = tonumber(ARGV[2]), tonumber(ARGV[3])
local known = redis.call('HMGET', meta, 'owner', 'group', 'reply', 'replied')
if not known[1] then return {'lost'} end
if known[1] ~= token then return {'fenced'} end
local last = tonumber(known[2])
if last < before then return {'lost'} end
`

/** Whether the lane is still its owner's, for what has no number. */
const HELD = `
local owner = redis.call('HGET', meta, 'owner')
if not owner then return {'lost'} end
if owner ~= token then return {'fenced'} end
`

const FENCE = `${OWNED}
if last >= number then return {'late'} end
`

/** Pairs of head and body → the ids of the jobs. The first XADD is refused when Redis is full, before anything is written. */
export const APPEND = script(`${KEYS}${FENCE}
local ids = {}
for at = 4, #ARGV, 2 do
  ids[#ids + 1] = redis.call('XADD', log, '*', 'h', ARGV[at], 'b', ARGV[at + 1])
end
local reply = table.concat(ids, ' ')
redis.call('HSET', meta, 'group', ARGV[3], 'replied', ARGV[3], 'reply', reply)
return {'stored', reply}
`)

/**
 * Changes, each a letter and its arguments: s(ettle) job · p(urge) letter · n(ote) job state · b(ury) job head death · r(eplay) letter head ·
 * m(ove here) head body death · w(ait) name value. The answer has the new id of each that makes an entry, or '-' where there was nothing to make it from.
 */
export const CHANGE = script(`${KEYS}${FENCE}${ALLOW_WHEN_FULL}
local ids = {}
local function entry(stream, id)
  local found = redis.call('XRANGE', stream, id, id)[1]
  return found and found[2]
end
local at = 4
local function take()
  local value = ARGV[at]
  at = at + 1
  return value
end
while at <= #ARGV do
  local kind = take()
  if kind == 's' then
    local id = take()
    redis.call('XDEL', log, id)
    redis.call('HDEL', state, id)
  elseif kind == 'p' then
    redis.call('XDEL', dead, take())
  elseif kind == 'n' then
    local id = take()
    redis.call('HSET', state, id, take())
  elseif kind == 'b' then
    local id, head, death = take(), take(), take()
    local fields = entry(log, id)
    local to = '-'
    if fields and redis.call('XDEL', log, id) == 1 then
      redis.call('HDEL', state, id)
      to = redis.call('XADD', dead, '*', 'h', head, 'b', fields[4], 'd', death)
    end
    ids[#ids + 1] = to
  elseif kind == 'r' then
    local id, head = take(), take()
    local fields = entry(dead, id)
    local to = '-'
    if fields and redis.call('XDEL', dead, id) == 1 then
      to = redis.call('XADD', log, '*', 'h', head, 'b', fields[4])
    end
    ids[#ids + 1] = to
  elseif kind == 'm' then
    local head, body, death = take(), take(), take()
    ids[#ids + 1] = redis.call('XADD', dead, '*', 'h', head, 'b', body, 'd', death)
  elseif kind == 'w' then
    local name, value = take(), take()
    if value == '' then redis.call('HDEL', meta, name) else redis.call('HSET', meta, name, value) end
  end
end
local reply = table.concat(ids, ' ')
redis.call('HSET', meta, 'group', ARGV[3], 'replied', ARGV[3], 'reply', reply)
return {'stored', reply}
`)

/** What was answered to the last group, and to which. A group with a lower number than this question's never comes to be from now on. */
export const PROBE = script(`${KEYS}${OWNED}${ALLOW_WHEN_FULL}
if last < number then
  redis.call('HSET', meta, 'group', ARGV[3])
  last = number
end
return {'known', tostring(last), known[4] or '', known[3] or ''}
`)

/** Takes the lane if nobody has it. What its last owner may still have on the way comes too late. */
export const TAKE = script(`${KEYS}${ALLOW_WHEN_FULL}
local holder = redis.call('GET', lease)
if holder and holder ~= token then return {'held'} end
redis.call('SET', lease, token, 'PX', ARGV[2])
redis.call('HSET', meta, 'owner', token)
local group = redis.call('HINCRBY', meta, 'group', 1000)
return {'taken', tostring(group), redis.call('XLEN', log), redis.call('XLEN', dead)}
`)

export const RENEW = script(`${KEYS}${ALLOW_WHEN_FULL}${HELD}
redis.call('SET', lease, token, 'PX', ARGV[2])
return {'renewed'}
`)

/** Takes a little memory, and gives it back. Refused when Redis is full, as jobs are. */
export const TRY = script(`${KEYS}${HELD}
redis.call('HSET', meta, 'room', '')
redis.call('HDEL', meta, 'room')
return {'tried'}
`)

/** Gives the lane up. One that is empty is gone with that. */
export const RELEASE = script(`${KEYS}
if redis.call('HGET', meta, 'owner') ~= token then return {'fenced'} end
if redis.call('XLEN', log) == 0 and redis.call('XLEN', dead) == 0 then
  redis.call('DEL', log, dead, state, lease, meta)
  return {'gone'}
end
redis.call('DEL', lease)
return {'left'}
`)

/** Gives the lane up, and leaves what is known of it: one that has lost data is told from one that is empty. */
export const LEAVE = script(`${KEYS}
if redis.call('HGET', meta, 'owner') ~= token then return {'fenced'} end
redis.call('DEL', lease)
return {'left'}
`)

/** A page of jobs without their bodies: id, head and state of each. */
export const JOBS = script(`
local page = {}
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2])) do
  page[#page + 1] = entry[1]
  page[#page + 1] = entry[2][2]
  page[#page + 1] = redis.call('HGET', KEYS[3], entry[1]) or ''
end
return page
`)

/** A page of letters without their bodies: id, head and death of each. */
export const LETTERS = script(`
local page = {}
for _, entry in ipairs(redis.call('XRANGE', KEYS[2], ARGV[1], '+', 'COUNT', ARGV[2])) do
  page[#page + 1] = entry[1]
  page[#page + 1] = entry[2][2]
  page[#page + 1] = entry[2][6]
end
return page
`)
