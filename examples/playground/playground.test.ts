import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const program = fileURLToPath(new URL('dist/main.js', import.meta.url))
const run = promisify(execFile)
const curlMissing = spawnSync('curl', ['--version']).status !== 0

/** The playground as a child process, with what it has written so far. */
interface Playground {
  readonly process: ChildProcess
  readonly written: { out: string; err: string }
}

function startPlayground(port: string): Playground {
  const child = spawn(process.execPath, [program], { env: { ...process.env, PORT: port } })
  const written = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    written.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    written.err += chunk
  })
  return { process: child, written }
}

/** The line to paste under a heading such as `No token: 401 token_missing`. */
function lineUnder(heading: string, printed: string): string {
  const lines = printed.split('\n')
  return lines[lines.indexOf(heading) + 1] ?? ''
}

/** The outcome as a heading states it: the status, then the error code of a refusal. */
const told = (status: string | number, body: string) => [status, JSON.parse(body).code].filter(Boolean).join(' ')

async function paste(line: string): Promise<readonly string[]> {
  const { stdout } = await run('bash', ['-c', line])
  const answers = stdout.matchAll(/HTTP\/1\.1 (?<status>\d{3}).*?\r\n\r\n(?<body>\{.*?)\n\n/gs)
  return [...answers].map(({ groups }) => told(groups?.['status'] ?? '', groups?.['body'] ?? ''))
}

async function fetchTheSame(line: string): Promise<readonly string[]> {
  const [, name, value] = /-H '([\w-]+): (.+)'/.exec(line) ?? []
  const headers = name === undefined || value === undefined ? {} : { [name]: value }
  return Promise.all(
    [...line.matchAll(/http:\/\/\S+/g)].map(async ([url]) => {
      const response = await fetch(url, { headers })
      return told(response.status, await response.text())
    }),
  )
}

describe('the playground', () => {
  let playground: Playground
  beforeAll(async () => {
    playground = startPlayground('0')
    const { process: child, written } = playground
    await new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', () => written.out.includes('Ctrl-C') && resolve())
      child.once('exit', (code) => reject(new Error(`It ended with ${code}. ${written.err}`)))
    })
  }, 30_000)
  afterAll(() => playground.process.kill())

  describe.each([
    ['No token', '401 token_missing'],
    ['Good token', '200'],
    ['The same in a cookie', '200'],
    ['Wrong scope', '403 scope_insufficient'],
    ['Expired token', '401 token_expired'],
  ])('%s', (what, answer) => {
    const printed = () => lineUnder(`${what}: ${answer}`, playground.written.out)

    test('the printed line, pasted, is answered so by all three apps', async (context) => {
      context.skip(curlMissing, 'curl is not installed')
      expect(await paste(printed())).toEqual([answer, answer, answer])
    })

    test('what it sends, sent by fetch, is answered so by all three apps', async () => {
      expect(await fetchTheSame(printed())).toEqual([answer, answer, answer])
    })
  })

  test('Ctrl-C ends it, even when it comes twice, and nothing but the table was written', async () => {
    const ended = once(playground.process, 'exit')
    playground.process.kill('SIGINT')
    playground.process.kill('SIGINT')
    expect(await ended).toEqual([0, null])
    expect(playground.written.err).toBe('')
    expect(playground.written.out).toMatch(/^Latchkey playground: http:\/\/localhost:\d+\n/)
  })
})

describe('the playground, where it cannot start', { timeout: 30_000 }, () => {
  test('says which port is taken and what to do', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { process: child, written } = startPlayground(String(port))
    expect(await once(child, 'close')).toEqual([1, null])
    expect(written.err).toBe(
      `Port ${port} is taken. Choose the first of five free ones in a row: PORT=5000 npx -y pnpm@10 start\n`,
    )
    server.close()
  })

  test.each(['http', '-1', '65532', ''])('says what PORT takes: %j', async (value) => {
    const { process: child, written } = startPlayground(value)
    expect(await once(child, 'close')).toEqual([1, null])
    expect(written.err).toBe('PORT must be a whole number from 0 to 65531.\n')
  })
})
