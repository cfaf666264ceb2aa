import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

// An attacker controls an issuer's endpoint, or the network in front of it, and answers with several content codings and a body
// that never ends. Node's fetch then threw from a decoder when the time was up, where nobody could catch it. So any unsigned
// token that named the issuer, any opaque token and any log-in could end the whole process.

const program = `
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { createVerifier } from '@latchkey/core'
import { createIntrospection } from '@latchkey/introspection'
import { oidcLogin } from '@latchkey/oidc'
import { tracedFetch } from '@latchkey/opentelemetry'
import { createKeyring, createSessions, memoryStore } from '@latchkey/session'

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const client = { clientId: 'api', clientSecret: 'secret' }
const keySet = { timeout: 0.5 }
const sessions = createSessions({
  issuer: 'https://app.example', audience: 'https://app.example', keyring: await createKeyring(), store: memoryStore(),
})

const waysToAsk = {
  keys(issuer, fetch) {
    const token = [{ alg: 'ES256', kid: 'k' }, { iss: issuer, aud: 'api', exp: 9e9 }].map(encode).join('.') + '.AAAA'
    return createVerifier({ issuer, audience: 'api', jwksUri: issuer + '/jwks', keySet, fetch }).verify(token)
  },
  'traced keys': (issuer) => waysToAsk.keys(issuer, tracedFetch()),
  introspection(issuer) {
    const introspection = createIntrospection({ ...client, endpoint: issuer + '/introspect', timeout: 0.5 })
    return createVerifier({ issuer, audience: 'api', introspection }).verify('opaque')
  },
  'log-in'(issuer) {
    const redirectUri = 'https://app.example/callback'
    const login = oidcLogin({ issuer, ...client, redirectUri, sessions, secrets: [new Uint8Array(32)], onLogin: () => null })
    return login.logIn({ method: 'GET', header: () => undefined, url: () => 'https://app.example/log-in' })
  },
}

const closed = []

async function ask(answer) {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.write(answer.replaceAll('|', '\\r\\n')))
    closed.push(once(socket, 'close'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await waysToAsk[process.argv[1]]('http://127.0.0.1:' + server.address().port)
  } catch (error) {
    return error.code ?? String(error)
  }
}

const outcomes = await Promise.all(JSON.parse(process.argv[2]).map(ask))
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
  'HTTP/1.1 999 Whatever|content-length: 10||{',
  'not HTTP at all||',
]

it.each(['keys', 'traced keys', 'introspection', 'log-in'])(
  'no answer of an endpoint stops the process, asked for %s: each is 503 and no more',
  async (way) => {
    const cwd = fileURLToPath(new URL('..', import.meta.url))
    const run = promisify(execFile)
    const words = ['--input-type=module', '-e', program, way, JSON.stringify(answers)]
    const { stdout } = await run(process.execPath, words, { cwd })
    expect(JSON.parse(stdout)).toEqual(answers.map(() => 'keys_unavailable'))
  },
)
