import { createHash } from 'node:crypto'

/** A Lua script, which a server remembers by its hash. */
export interface Script {
  readonly text: string
  readonly hash: string
}

/**
 * What the scripts share. The first argument is the present by the store's own clock; empty: the server's. What expires is
 * compared in the scripts. A key's time to live only collects what is over: it has a little to spare by the server's clock, and
 * some seconds by another, which may stand still while real time passes.
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

/** A script with what all of them share. */
export function script(text: string): Script {
  const whole = `${prelude}${text}`
  return { text: whole, hash: createHash('sha1').update(whole).digest('hex') }
}
