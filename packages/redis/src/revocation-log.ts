import type { RevocationLog } from '@latchkey/session'
import { followLog, type LogPage, type LogSource } from '@latchkey/session/store-kit'
import type { RedisConnection } from './connection.js'
import type { Run } from './family-store.js'
import type { Keys } from './keys.js'
import { list, number, text } from './replies.js'
import { script } from './script.js'

/**
 * A revision is counted up from the server's time in microseconds, so that it grows even where the log was lost. What is over
 * goes with the next addition, and all of it with the last entry.
 */
const add = script(`
local entries, untils, revision_key = KEYS[1], KEYS[2], KEYS[3]
local channel, seconds = ARGV[2], tonumber(ARGV[3])
local over = redis.call('ZRANGEBYSCORE', untils, '-inf', exact(now), 'LIMIT', 0, 1000)
for _, id in ipairs(over) do
  redis.call('ZREM', untils, id)
  redis.call('ZREM', entries, id)
end
local last = tonumber(redis.call('GET', revision_key)) or math.floor(server * 1000000)
local revision = string.format('%.0f', last + 1)
for i = 4, #ARGV do
  redis.call('ZADD', entries, revision, ARGV[i])
  redis.call('ZADD', untils, 'GT', exact(now + seconds), ARGV[i])
end
redis.call('SET', revision_key, revision, 'KEEPTTL')
for i = 1, 3 do live_at_least(KEYS[i], seconds) end
redis.call('PUBLISH', channel, revision)
return revision
`)

const load = script(`
local revision = tonumber(redis.call('GET', KEYS[3])) or 0
local since = tonumber(ARGV[2])
if since > revision then since = 0 end
local found = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', since), '+inf')) do
  local left = (tonumber(redis.call('ZSCORE', KEYS[2], id)) or 0) - now
  if left > 0 then found[#found + 1] = {id, exact(left)} end
end
return {string.format('%.0f', revision), found}
`)

/** The revocation log: two sorted sets, and a channel that announces additions. */
export function redisRevocationLog(connection: RedisConnection, run: Run, keys: Keys): RevocationLog {
  const logKeys = [keys.revoked, keys.revokedUntil, keys.revision]
  const source: LogSource = {
    load: async (since) => pageOf(await run(load, logKeys, since)),
    listen: (listener, signal) => connection.listen(keys.revocations, listener, signal),
  }
  return {
    add: async (ids, forSeconds) => {
      if (ids.length > 0) await run(add, logKeys, keys.revocations, forSeconds, ...ids)
    },
    watch: (watcher) => followLog(source, watcher),
  }
}

function pageOf(reply: unknown): LogPage {
  const [revision, entries] = list(reply)
  return {
    revision: number(revision),
    entries: list(entries).map((entry) => {
      const [id, forSeconds] = list(entry)
      return { id: text(id), forSeconds: number(forSeconds) }
    }),
  }
}
