import type { RevocationLog } from '@latchkey/session'
import { followLog, type LogPage, type LogSource } from '@latchkey/session/store-kit'
import type { RedisConnection } from './connection.js'
import { type Run, script } from './lua.js'
import type { Names } from './names.js'
import { list, number, text } from './replies.js'

/** A session to write to the log. */
export interface LogEntry {
  readonly id: string
  /** Until when it is revoked, by the store's clock, in seconds since the epoch. */
  readonly until: number
  /** Seconds until then. */
  readonly revokeFor: number
  /** Whether it was over before, because it was not bound to a device in time. */
  readonly unbound: boolean
}

/** The log, with the function that the store itself needs. */
export interface RedisRevocationLog extends RevocationLog {
  /** Adds sessions and tells every watcher. Each is forgotten when its time is over. */
  add(entries: readonly LogEntry[]): Promise<void>
}

/** How many sessions one script adds at most, so that other commands do not wait long. */
const batch = 1000

/**
 * The script that adds entries. The revision counts up from the server's time in microseconds, so that it grows even after the
 * log was lost. Each addition also removes expired entries. All keys of the log expire with the last entry.
 */
const add = script(`
local entries, untils, revision_key, channel = KEYS[1], KEYS[2], KEYS[3], ARGV[2]
local over = redis.call('ZRANGEBYSCORE', untils, '-inf', exact(now), 'LIMIT', 0, 1000)
for _, id in ipairs(over) do
  redis.call('ZREM', untils, id)
  redis.call('ZREM', entries, id)
end
local last = tonumber(redis.call('GET', revision_key)) or math.floor(server * 1000000)
local revision = string.format('%.0f', last + 1)
local longest = 0
for i = 3, #ARGV, 2 do
  redis.call('ZADD', entries, revision, ARGV[i])
  redis.call('ZADD', untils, 'GT', ARGV[i + 1], ARGV[i])
  longest = math.max(longest, tonumber(ARGV[i + 1]) - now)
end
redis.call('SET', revision_key, revision, 'KEEPTTL')
for i = 1, 3 do live_at_least(KEYS[i], longest) end
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

/** Makes the revocation log of an issuer: two sorted sets, and a channel that announces additions. */
export function redisRevocationLog(connection: RedisConnection, run: Run, names: Names): RedisRevocationLog {
  const logKeys = [names.revoked, names.revokedUntil, names.revision]
  const source: LogSource = {
    load: async (since) => pageOf(await run(load, logKeys, since)),
    listen: (listener, signal) => connection.listen(names.channel, listener, signal),
  }
  return {
    add: async (entries) => {
      for (let from = 0; from < entries.length; from += batch) {
        const pairs = entries.slice(from, from + batch).flatMap(({ id, until }) => [id, until])
        await run(add, logKeys, names.channel, ...pairs)
      }
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
