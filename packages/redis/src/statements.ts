import { type Script, script } from './lua.js'
import { fieldsInLua } from './record.js'

/**
 * What all scripts on sessions share. A subject's sessions are one hash, so that ending them all is one step, however many they
 * are. The fields of the hash:
 *
 * - a session's id: the packed session;
 * - a plus sign and a session's id: the app's own encrypted secrets;
 * - `touched`: counts starts and rotations;
 * - `sweepAt`: the size at which the next start removes expired sessions.
 */
const prelude = `
${fieldsInLua}

local function why_gone(family)
  if now >= family[f.absoluteEnd] then return 'absolute' end
  if now >= family[f.expiresAt] then return 'idle' end
  if family[f.bindBy] and not family[f.deviceKey] and now > family[f.bindBy] then return 'unbound' end
end

local function load(id)
  local packed = redis.call('HGET', KEYS[1], id)
  if not packed then return nil, 'unknown' end
  local family = cmsgpack.unpack(packed)
  local gone = why_gone(family)
  if gone then return nil, gone end
  return family
end

local function save(id, family)
  redis.call('HSET', KEYS[1], id, cmsgpack.pack(family))
  live_at_least(KEYS[1], family[f.expiresAt] - now)
end

local function shown(family)
  local values = {}
  for i, value in ipairs(family) do
    values[i] = type(value) == 'number' and exact(value) or value
  end
  return values
end

local function drop(id)
  redis.call('HDEL', KEYS[1], id, '+' .. id)
end

-- Those that have not expired; the others are removed.
local function remaining()
  local found = {}
  for _, id in ipairs(redis.call('HKEYS', KEYS[1])) do
    if #id == 36 then
      local family = cmsgpack.unpack(redis.call('HGET', KEYS[1], id))
      if now < family[f.expiresAt] then found[#found + 1] = {id = id, family = family} else drop(id) end
    end
  end
  return found
end

local function ended(id, family)
  return {id, exact(family[f.accessUntil]), exact(family[f.accessUntil] - now), tostring(why_gone(family) == 'unbound')}
end
`

const familyScript = (text: string): Script => script(`${prelude}${text}`)

/**
 * Starts a session. If a client repeats it because the reply was lost with the connection, it gives the same answer again. So
 * the session remembers what it has evicted until it is refreshed.
 */
export const startFamily: Script = familyScript(`
local id, idle, absolute, access = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local per_subject, bind_within, sealed = tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8]

local function optional(text)
  return text ~= '' and string.sub(text, 2) or false
end

local again = load(id)
if again and again[f.current] == ARGV[9] then return {shown(again), again[f.evicted] or {}} end

local evicted = {}
local size = redis.call('HLEN', KEYS[1])
if size >= per_subject or size >= (tonumber(redis.call('HGET', KEYS[1], 'sweepAt')) or 8) then
  local others = remaining()
  -- One that was not bound in time is over already, so it makes room first.
  for _, each in ipairs(others) do
    each.rank = each.family[f.touched] - (why_gone(each.family) and 2^50 or 0)
  end
  table.sort(others, function(a, b) return a.rank < b.rank end)
  for i = 1, #others - per_subject + 1 do
    drop(others[i].id)
    evicted[i] = ended(others[i].id, others[i].family)
  end
  redis.call('HSET', KEYS[1], 'sweepAt', 2 * redis.call('HLEN', KEYS[1]) + 8)
end

local touched = redis.call('HINCRBY', KEYS[1], 'touched', 1)
local family = {}
family[f.current], family[f.tagKey], family[f.sub] = ARGV[9], ARGV[10], ARGV[11]
family[f.audience], family[f.scope], family[f.claims] = ARGV[12], ARGV[13], ARGV[14]
family[f.clientId], family[f.label], family[f.challengeKey] = optional(ARGV[15]), optional(ARGV[16]), optional(ARGV[17])
family[f.startedAt], family[f.refreshedAt], family[f.absoluteEnd] = now, now, now + absolute
family[f.expiresAt], family[f.accessUntil] = math.min(now + idle, now + absolute), now + access
family[f.bindBy] = bind_within and now + bind_within or false
family[f.parent], family[f.graceUntil], family[f.deviceKey] = false, false, false
family[f.started], family[f.touched], family[f.evicted] = touched, touched, evicted[1] and evicted or false
save(id, family)
if sealed ~= '' then redis.call('HSET', KEYS[1], '+' .. id, optional(sealed)) end
return {shown(family), evicted}
`)

/** Reads a session. */
export const readFamily: Script = familyScript(`
local family, gone = load(ARGV[2])
return {exact(server), gone or false, family and shown(family) or false}
`)

/**
 * Rotates. The keys are the subject's hash and the encrypted successor. The successor expires by itself with the grace. For a
 * bound session it stays until the next rotation, because the device may prove itself at any time.
 */
export const rotateFamily: Script = familyScript(`
local id, presented, successor, sealed = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local grace, idle, access = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local not_after, proven, scope, claims = tonumber(ARGV[9]), ARGV[10] == 'true', ARGV[11], ARGV[12]
local function answer(...)
  return {exact(server), ...}
end

if not_after and server > not_after then return answer('late') end
local family, gone = load(id)
if gone then return answer('gone', gone) end
family[f.accessUntil] = math.max(family[f.accessUntil], now + access)

if presented == family[f.current] then
  family[f.refreshedAt], family[f.expiresAt] = now, math.min(now + idle, family[f.absoluteEnd])
  family[f.current], family[f.parent], family[f.graceUntil] = successor, presented, now + grace
  family[f.touched], family[f.evicted] = redis.call('HINCRBY', KEYS[1], 'touched', 1), false
  if scope then family[f.scope], family[f.claims] = scope, claims end
  save(id, family)
  local keep = family[f.deviceKey] and family[f.expiresAt] - now or grace
  if keep > 0 then
    redis.call('SET', KEYS[2], sealed, 'PX', lifetime(keep))
  else
    redis.call('DEL', KEYS[2])
  end
  return answer('rotated', shown(family))
end

local in_grace = family[f.graceUntil] and now < family[f.graceUntil]
if not in_grace and not family[f.deviceKey] then redis.call('DEL', KEYS[2]) end
if presented ~= family[f.parent] then return answer('mismatch', family[f.tagKey]) end
if successor == family[f.current] then
  save(id, family)
  return answer('rotated', shown(family))
end
if not in_grace and not (proven and family[f.deviceKey]) then return answer('mismatch', family[f.tagKey]) end
local earlier = redis.call('GET', KEYS[2])
-- Erased before the session was bound, or evicted by a server short of memory: a log-in for the user, but no theft.
if not earlier then return answer('gone', 'unknown') end
save(id, family)
return answer('repeated', shown(family), earlier)
`)

/**
 * Ends a session, whose encrypted successor is the third key; or all sessions of the subject if the id is empty. With `look` it
 * only gives what it would end. The second key keeps the answer as long as a verb waits for it. If a client repeats the
 * script because the reply was lost with the connection, it gets the same answer again.
 */
export const endFamilies: Script = familyScript(`
local id, ends = ARGV[2], ARGV[3] == 'end'
local answered = ends and redis.call('GET', KEYS[2])
if answered then return cmsgpack.unpack(answered) end
local found = {}
if id == '' then
  for _, each in ipairs(remaining()) do found[#found + 1] = ended(each.id, each.family) end
  if ends then redis.call('UNLINK', KEYS[1]) end
else
  local packed = redis.call('HGET', KEYS[1], id)
  local family = packed and cmsgpack.unpack(packed)
  if family and now < family[f.expiresAt] then found[1] = ended(id, family) end
  if ends then
    drop(id)
    redis.call('DEL', KEYS[3])
    if #remaining() == 0 then redis.call('DEL', KEYS[1]) end
  end
end
if ends and found[1] then redis.call('SET', KEYS[2], cmsgpack.pack(found), 'PX', 5000) end
return found
`)

/** Lists the living sessions of a subject. */
export const listFamilies: Script = familyScript(`
local found = {}
for _, each in ipairs(remaining()) do
  if not why_gone(each.family) then found[#found + 1] = {each.id, shown(each.family)} end
end
return found
`)

/** Binds a session to a device's key. The keys are the subject's hash and the encrypted successor. */
export const bindFamily: Script = familyScript(`
local id, key, within = ARGV[2], ARGV[3], tonumber(ARGV[4])
local family = load(id)
if not family then return 'gone' end
if family[f.deviceKey] then return family[f.deviceKey] == key and 'same' or 'other' end
if now > family[f.startedAt] + within then return 'late' end
family[f.deviceKey] = key
save(id, family)
if family[f.graceUntil] and now < family[f.graceUntil] then
  live_at_least(KEYS[2], family[f.expiresAt] - now)
else
  redis.call('DEL', KEYS[2])
end
return 'bound'
`)

/** Reads the app's own encrypted secrets of a session. */
export const readSealed: Script = familyScript(`
return load(ARGV[2]) and redis.call('HGET', KEYS[1], '+' .. ARGV[2]) or false
`)

/**
 * Replaces the app's own encrypted secrets of a session. Each text has an equals sign in front; an empty text means none. No two
 * encrypted texts are equal, so a client that finds its own there has repeated the script because the reply was lost.
 */
export const replaceSealed: Script = familyScript(`
local field, expected, replacement = '+' .. ARGV[2], ARGV[3], ARGV[4]
if not load(ARGV[2]) then return 0 end
local present = redis.call('HGET', KEYS[1], field)
present = present and '=' .. present or ''
if present ~= '' and present == replacement then return 1 end
if expected ~= present then return 0 end
if replacement == '' then redis.call('HDEL', KEYS[1], field) else redis.call('HSET', KEYS[1], field, string.sub(replacement, 2)) end
return 1
`)
