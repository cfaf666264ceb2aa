import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findProgram, Program } from '../servers/program.js'
import { onCore } from './cores.js'

const wrk = findProgram('wrk')

/** What makes the requests. */
export const loadTool: 'wrk' | 'autocannon' = wrk === undefined ? 'autocannon' : 'wrk'

const connections = 32

/**
 * A program that sends requests to one server as fast as they are answered, whenever it is its turn: it is stopped in
 * between and keeps its connections, so that turns can be far shorter than the program would run by itself.
 */
export class Load {
  readonly #program: Program

  private constructor(program: Program) {
    this.#program = program
  }

  /** Its requests carry these tokens in turn; with a single one, every request is the same. It begins at once. */
  static async start(url: string, tokens: readonly string[]): Promise<Load> {
    const [program = '', ...args] = onCore(1, await command(url, tokens))
    return new Load(new Program(program, args))
  }

  /** Sends requests for so many milliseconds. */
  async turn(milliseconds: number): Promise<void> {
    await this.#program.signal('SIGCONT')
    await wait(milliseconds)
    await this.#program.signal('SIGSTOP')
  }

  async end(): Promise<void> {
    await this.#program.signal('SIGKILL')
  }
}

async function command(url: string, tokens: readonly string[]): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-bench-'))
  const file = join(folder, 'tokens')
  await writeFile(file, tokens.map((token) => `${token}\n`).join(''))
  if (wrk === undefined) {
    const program = fileURLToPath(new URL('./autocannon-program.js', import.meta.url))
    return [process.execPath, program, url, file, String(connections)]
  }
  const what = tokens.length === 1 ? ['-H', `Authorization: Bearer ${tokens[0]}`] : ['-s', await writeScript(file)]
  return [wrk, '-t1', `-c${connections}`, '-d3600s', ...what, url]
}

/** wrk runs this for every request: the next token of a file, one a line. */
async function writeScript(tokens: string): Promise<string> {
  const script = `${tokens}.lua`
  await writeFile(
    script,
    `local requests = {}
local at = 0
function init(args)
  for token in io.lines(${JSON.stringify(tokens)}) do
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
