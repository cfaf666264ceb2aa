import { createHash } from 'node:crypto'

/** A Lua script. A server remembers it by its hash. */
export interface Script {
  readonly text: string
  readonly hash: string
}

/** Runs a script. It adds the present as the first argument. */
export type Run = (script: Script, keys: readonly string[], ...values: readonly (string | number)[]) => Promise<unknown>

/**
 * What all scripts share. The first argument is the time of the store's own clock; if it is empty, the server's clock counts.
 * The scripts compare times themselves. A key's time to live only removes what has expired. It is a little longer than needed
 * with the server's clock, and some seconds longer with another one, which may stand still while real time passes.
 */
const prelude = `
local time = redis.call('TIME')
local server = time[1] + time[2] / 1000000
local now = tonumber(ARGV[1]) or server
local spare = tonumber(ARGV[1]) and 5 or 0.01

local function exact(number)
  return string.format('%.17g', number)
end

local function lifetime(seconds)
  return string.format('%.0f', math.ceil((seconds + spare) * 1000))
end

local function live_at_least(key, seconds)
  local ms = lifetime(seconds)
  if redis.call('PTTL', key) < tonumber(ms) then redis.call('PEXPIRE', key, ms) end
end
`

/** Makes a script, with the part that all share. */
export function script(text: string): Script {
  const whole = `${prelude}${text}`
  return { text: whole, hash: createHash('sha1').update(whole).digest('hex') }
}
