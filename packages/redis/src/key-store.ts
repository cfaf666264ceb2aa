import type { KeyStore } from '@latchkey/session'
import { type Run, script } from './lua.js'
import { list, number, text } from './replies.js'

const read = script(`
return redis.call('HMGET', KEYS[1], 'version', 'sealed')
`)

/** If a client repeats it because the reply was lost with the connection, it gives the same answer again. */
const write = script(`
local expected = tonumber(ARGV[2])
local version = tonumber(redis.call('HGET', KEYS[1], 'version')) or 0
if version == expected + 1 and redis.call('HGET', KEYS[1], 'sealed') == ARGV[3] then return 1 end
if version ~= expected then return 0 end
redis.call('HSET', KEYS[1], 'version', string.format('%.0f', version + 1), 'sealed', ARGV[3])
return 1
`)

/** Makes the store of the keyring: one hash, which does not expire. */
export function redisKeyStore(run: Run, keyring: string): KeyStore {
  return {
    read: async () => {
      const [version, sealed] = list(await run(read, [keyring]))
      return version === null ? null : { version: number(version), sealed: text(sealed) }
    },
    write: async (expected, sealed) => number(await run(write, [keyring], expected, sealed)) === 1,
  }
}
