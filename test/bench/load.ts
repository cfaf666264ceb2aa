import { execFile } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import autocannon from 'autocannon'
import { findProgram } from '../servers/program.js'
import { onCore } from './cores.js'

const run = promisify(execFile)
const wrk = findProgram('wrk')

/** What makes the requests. */
export const loadTool: 'wrk' | 'autocannon' = wrk === undefined ? 'autocannon' : 'wrk'

const connections = 32

/** What came of one burst of requests. */
interface Burst {
  readonly requests: number
  readonly seconds: number
}

/** Sends requests to one server after another, each with the next of these tokens. */
export type Load = (url: string, seconds: number) => Promise<Burst>

/**
 * A load whose requests carry these tokens in turn; with a single one, every request is the same.
 *
 * @param refused they may be refused; else that is an error, since a refusal would be measured for an answer
 */
export async function createLoad(tokens: readonly string[], { refused = false } = {}): Promise<Load> {
  if (wrk === undefined) return (url, seconds) => withAutocannon(url, seconds, tokens, refused)
  const script = tokens.length === 1 ? undefined : await writeScript(tokens)
  return (url, seconds) => withWrk([wrk, url], seconds, script ?? `Authorization: Bearer ${tokens[0]}`, refused)
}

/** wrk runs this for every request: the next token of a file, one a line. */
async function writeScript(tokens: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-bench-'))
  const file = join(folder, 'tokens')
  await writeFile(file, tokens.map((token) => `${token}\n`).join(''))
  const script = join(folder, 'next.lua')
  await writeFile(
    script,
    `local requests = {}
local at = 0
function init(args)
  for token in io.lines(${JSON.stringify(file)}) do
    requests[#requests + 1] = wrk.format("GET", "/", { ["Authorization"] = "Bearer " .. token })
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
`,
  )
  return script
}

/** `carrying` is a script, or the one header field. */
async function withWrk(
  [path, url]: readonly [string, string],
  seconds: number,
  carrying: string,
  refused: boolean,
): Promise<Burst> {
  const what = carrying.endsWith('.lua') ? ['-s', carrying] : ['-H', carrying]
  const [program = path, ...args] = onCore(1, [path, '-t1', `-c${connections}`, `-d${seconds}s`, ...what, url])
  const { stdout } = await run(program, args)
  if (!refused && stdout.includes('Non-2xx')) throw new Error(`A request was refused: ${stdout}`)
  const [, requests, time, unit] = /(\d+) requests in ([\d.]+)(ms|s|m)/.exec(stdout) ?? []
  const scale = unit === 'ms' ? 0.001 : unit === 'm' ? 60 : 1
  return { requests: Number(requests), seconds: Number(time) * scale }
}

async function withAutocannon(
  url: string,
  seconds: number,
  tokens: readonly string[],
  refused: boolean,
): Promise<Burst> {
  const requests = tokens.map((token) => ({ headers: { authorization: `Bearer ${token}` } }))
  const result = await autocannon({ url, connections, duration: seconds, requests })
  if (!refused && result.non2xx > 0) throw new Error('A request was refused.')
  return { requests: result.requests.total, seconds: result.duration }
}
