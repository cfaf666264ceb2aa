import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

// Whoever controls a key endpoint, or sits before it, answers with content codings and a body that never ends. Node's fetch
// then threw from a decoder, where nobody could catch it, as soon as the time was up: anybody's unsigned token that named
// the issuer made the whole process end.

const program = `
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { createVerifier } from '@latchkey/core'

const closed = []
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

async function ask(answer) {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.write(answer.replaceAll('|', '\\r\\n')))
    closed.push(once(socket, 'close'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = 'http://127.0.0.1:' + server.address().port
  const token = [{ alg: 'ES256', kid: 'k' }, { iss: issuer, aud: 'api', exp: 9e9 }].map(encode).join('.') + '.AAAA'
  const verifier = createVerifier({ issuer, audience: 'api', jwksUri: issuer + '/jwks', keySet: { timeout: 0.5 } })
  try {
    await verifier.verify(token)
  } catch (error) {
    return error.code
  }
}

const outcomes = await Promise.all(JSON.parse(process.argv[1]).map(ask))
await Promise.all(closed)
for (let turn = 0; turn < 20; turn += 1) await setImmediate()
console.log(JSON.stringify(outcomes))
process.exit(0)
`

const gzips = 'gzip, gzip, gzip, gzip, gzip, gzip'
const answers = [
  `HTTP/1.1 200 OK|content-encoding: ${gzips}|content-length: 1000||x`,
  `HTTP/1.1 200 OK|content-encoding: ${gzips}|transfer-encoding: chunked||1|x|`,
  'HTTP/1.1 200 OK|content-encoding: br, gzip, deflate||x',
  'HTTP/1.1 200 OK|content-encoding: gzip||x',
  'HTTP/1.1 200 OK|content-length: 10||{',
  'HTTP/1.1 200 OK|transfer-encoding: chunked||zz|{}',
  'HTTP/1.1 101 Switching Protocols|upgrade: x|connection: upgrade||',
  'HTTP/1.1 103 Early Hints|||HTTP/1.1 200 OK||{',
  'HTTP/1.1 302 Found|location: http://[||',
  'not HTTP at all||',
]

it('no answer of a key endpoint stops the process: each is 503 and no more', async () => {
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const run = promisify(execFile)
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program, JSON.stringify(answers)], {
    cwd,
  })
  expect(JSON.parse(stdout)).toEqual(answers.map(() => 'keys_unavailable'))
})
