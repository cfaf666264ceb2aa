import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Client, ClientCredentialsProvider, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { exportJWK, generateKeyPair } from 'jose'
import { Provider } from 'oidc-provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from './app.js'

// The official client is given only the server's URL. It finds the rest: 401, metadata, authorization server, token, call.

const [server, authorizationServer] = [createServer(), createServer()]
const seen: string[] = []
const secret = randomBytes(32).toString('base64url')
let resource: string
let issuer: string

async function listen(each: Server): Promise<string> {
  each.listen(0, '127.0.0.1')
  await once(each, 'listening')
  return `http://127.0.0.1:${(each.address() as AddressInfo).port}`
}

beforeAll(async () => {
  issuer = await listen(authorizationServer)
  resource = `${await listen(server)}/mcp`
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'key', alg: 'RS256', use: 'sig' }] },
    cookies: { keys: [secret] },
    ttl: { ClientCredentials: 600 },
    clients: [
      {
        client_id: 'agent',
        client_secret: secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, audience) => ({
          scope: 'notes:read notes:write',
          audience,
          accessTokenFormat: 'jwt',
        }),
      },
    },
  })
  authorizationServer.on('request', provider.callback())
  const app = createApp({ resource, issuer })
  const listener = getRequestListener(app.fetch)
  server.on('request', (request, response) => {
    response.once('finish', () => seen.push(`${request.method} ${request.url} ${response.statusCode}`))
    void listener(request, response)
  })
})

afterAll(() => {
  for (const each of [server, authorizationServer]) {
    each.closeAllConnections()
    each.close()
  }
})

async function connect(onInsufficientScope: 'reauthorize' | 'throw'): Promise<Client> {
  const authProvider = new ClientCredentialsProvider({
    clientId: 'agent',
    clientSecret: secret,
    expectedIssuer: issuer,
  })
  const client = new Client(
    { name: 'agent', version: '1.0.0' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  )
  await client.connect(new StreamableHTTPClientTransport(new URL(resource), { authProvider, onInsufficientScope }))
  return client
}

const addNote = { name: 'add_note', arguments: { text: 'buy milk' } }

test('a client finds the authorization server, gets a token for this server, and calls', async () => {
  const client = await connect('throw')
  expect(seen.slice(0, 2)).toEqual(['POST /mcp 401', 'GET /.well-known/oauth-protected-resource/mcp 200'])
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['list_notes', 'add_note'])
  expect(await client.callTool({ name: 'list_notes' })).toMatchObject({ content: [{ text: '' }] })
  await client.close()
})

test('a tool that writes is refused with the scope that it needs', async () => {
  const client = await connect('throw')
  await expect(client.callTool(addNote)).rejects.toMatchObject({ requiredScope: 'notes:write' })
  await client.close()
})

test('a client steps up: asks for that scope too, and is let in', async () => {
  const client = await connect('reauthorize')
  seen.length = 0
  expect(await client.callTool(addNote)).toMatchObject({ content: [{ text: 'added' }] })
  expect(seen.filter((line) => line.includes(' /mcp '))).toEqual(['POST /mcp 403', 'POST /mcp 200'])
  expect(await client.callTool({ name: 'list_notes' })).toMatchObject({ content: [{ text: 'buy milk' }] })
  await client.close()
})

test('a token for another server is refused', async () => {
  const headers = { authorization: `Basic ${btoa(`agent:${secret}`)}` }
  const body = new URLSearchParams({ grant_type: 'client_credentials', resource: 'https://other.example/mcp' })
  const answer = await fetch(`${issuer}/token`, { method: 'POST', headers, body })
  const { access_token } = (await answer.json()) as { access_token: string }
  const refused = await fetch(resource, {
    method: 'POST',
    headers: { authorization: `Bearer ${access_token}` },
    body: '{}',
  })
  expect(refused.status).toBe(401)
  expect(refused.headers.get('www-authenticate')).toContain('/.well-known/oauth-protected-resource/mcp"')
})
