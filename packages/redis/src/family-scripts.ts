import { type Script, script } from './script.js'

/** The fields of a family's hash, in the order in which the scripts give them. */
export const fields = [
  'sub',
  'clientId',
  'scope',
  'claims',
  'startedAt',
  'expiresAt',
  'absoluteEnd',
  'current',
  'parent',
  'graceUntil',
  'tagKey',
] as const

const names = fields.map((name) => `'${name}'`).join(', ')

const load = `
local function load(key)
  local family = redis.call('HMGET', key, ${names})
  if family[1] and now < tonumber(family[6]) then return family end
end
`

/**
 * The keys are the family and the index of its subject's families, in which each stands until its absolute end. That it stands
 * there means little: the families themselves say which of them live.
 */
export const startFamily: Script = script(`
local id, idle, absolute = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local ending = now + absolute
local expires = math.min(now + idle, ending)
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'startedAt', exact(now), 'expiresAt', exact(expires), 'absoluteEnd', exact(ending),
  unpack(ARGV, 5))
redis.call('PEXPIRE', KEYS[1], lifetime(expires - now))
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', exact(now))
redis.call('ZADD', KEYS[2], exact(ending), id)
live_at_least(KEYS[2], absolute)
return {exact(now), exact(expires), exact(ending)}
`)

export const readFamily: Script = script(`
${load}
return {exact(server), load(KEYS[1]) or false}
`)

/** The keys are the family and its sealed successor, which expires by itself with the grace. */
export const rotateFamily: Script = script(`
${load}
local presented, successor, sealed = ARGV[2], ARGV[3], ARGV[4]
local grace, idle = tonumber(ARGV[5]), tonumber(ARGV[6])
local not_after, scope, claims = tonumber(ARGV[7]), ARGV[8], ARGV[9]
local function answer(...)
  return {exact(server), ...}
end

if not_after and server > not_after then return answer('late') end
local family = load(KEYS[1])
if not family then
  redis.call('DEL', KEYS[1], KEYS[2])
  return answer('unknown')
end

if presented == family[8] then
  local expires = math.min(now + idle, tonumber(family[7]))
  family[6], family[8], family[9], family[10] = exact(expires), successor, presented, exact(now + grace)
  redis.call('HSET', KEYS[1], 'expiresAt', family[6], 'current', successor, 'parent', presented, 'graceUntil', family[10])
  if scope then
    family[3], family[4] = scope, claims
    redis.call('HSET', KEYS[1], 'scope', scope, 'claims', claims)
  end
  redis.call('PEXPIRE', KEYS[1], lifetime(expires - now))
  redis.call('DEL', KEYS[2])
  if grace > 0 then redis.call('SET', KEYS[2], sealed, 'PX', lifetime(grace)) end
  return answer('rotated', family)
end

local in_grace = family[10] and now < tonumber(family[10])
if not in_grace then redis.call('DEL', KEYS[2]) end
if not in_grace or presented ~= family[9] then return answer('mismatch', family[11]) end
local earlier = redis.call('GET', KEYS[2])
-- A server that runs out of memory may have evicted it: a log-in for the user, but no theft.
if not earlier then return answer('unknown') end
return answer('repeated', family, earlier)
`)

/** The keys are the family and its sealed successor. */
export const endFamily: Script = script(`
${load}
local family = load(KEYS[1])
redis.call('DEL', KEYS[1], KEYS[2])
return family and family[1] or false
`)

/** Takes a family that has ended out of its subject's index. */
export const forgetFamily: Script = script(`
return redis.call('ZREM', KEYS[1], ARGV[2])
`)

/**
 * The first key is the index; the others belong to the families of the arguments after the first. A family of the subject that
 * is not among these makes the script do nothing and answer with all: every key that a script touches has to be declared, and
 * what it does has to be one step.
 */
const whole = `
local given = {}
for i = 2, #ARGV do given[ARGV[i]] = true end
local indexed = redis.call('ZRANGE', KEYS[1], 0, -1)
for _, id in ipairs(indexed) do
  if not given[id] then return {'again', indexed} end
end
`

/** The other keys are each family and its sealed successor in turn. */
export const endFamilies: Script = script(`
${load}
${whole}
local ended = {}
for i = 2, #ARGV do
  local family, sealed = KEYS[2 * i - 2], KEYS[2 * i - 1]
  if load(family) then ended[#ended + 1] = ARGV[i] end
  redis.call('DEL', family, sealed)
end
redis.call('DEL', KEYS[1])
return {'done', ended}
`)

/** The other keys are the families. */
export const listFamilies: Script = script(`
${load}
${whole}
local found = {}
for i = 2, #ARGV do
  local family = load(KEYS[i])
  if family then
    found[#found + 1] = {ARGV[i], family}
  else
    redis.call('ZREM', KEYS[1], ARGV[i])
  end
end
return {'done', found}
`)
