import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createVerifier } from '@latchkey/core'
import { createTestIssuer } from '@latchkey/testing'
import { expect, test } from 'vitest'
import { root } from '../../docs/documents.js'
import { serveNode } from '../serve.js'
import { createApp } from './app.js'

const issuer = createTestIssuer()
const verifier = createVerifier({ issuer: issuer.url, audience: issuer.audience, fetch: issuer.fetch })
const url = await serveNode(createApp(verifier))

const ask = (token: string) => fetch(`${url}/me`, { headers: { authorization: `Bearer ${token}` } })

const token = issuer.token({ claims: { sub: 'alice' } })
for (const each of [token, token, issuer.badToken('expired').token]) await ask(each)

/** What Prometheus is told about Latchkey: each name with its labels, and the value. */
async function scrape(): Promise<Map<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const samples = text.split('\n').filter((line) => line.startsWith('latchkey_'))
  return new Map(samples.map((line) => [line.replace(/ \d+( \d+)?$/, ''), Number(/ (\d+)(?: \d+)?$/.exec(line)?.[1])]))
}

test('a scrape has what the verifier counts, and nothing of a person', async () => {
  const samples = await scrape()
  const counts = [...samples].map(([name, value]) => [name.replaceAll(/,?otel_scope_\w+="[^"]*"/g, ''), value])
  expect(Object.fromEntries(counts)).toEqual({
    'latchkey_requests_allowed_total{latchkey_verifier="users"}': 2,
    'latchkey_requests_denied_total{latchkey_verifier="users",latchkey_code="token_expired"}': 1,
    'latchkey_tokens_verified_total{latchkey_verifier="users",latchkey_remembered="true"}': 1,
    'latchkey_tokens_verified_total{latchkey_verifier="users",latchkey_remembered="false"}': 1,
    'latchkey_key_fetches_total{latchkey_verifier="users",latchkey_outcome="ok"}': 1,
    'latchkey_key_fetches_total{latchkey_verifier="users",latchkey_outcome="failed"}': 0,
  })
})

test('the dashboard asks for what a scrape has, for all of it, and for nothing else', async () => {
  const { panels } = JSON.parse(await readFile(join(root, 'packages/opentelemetry/grafana.json'), 'utf8'))
  const expressions: string[] = panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
    targets.map(({ expr }) => expr),
  )
  const asked = new Set(expressions.flatMap((text) => text.match(/latchkey_\w+/g) ?? []))
  const told = new Set([...(await scrape()).keys()].flatMap((text) => text.match(/latchkey_\w+/g) ?? []))
  expect([...asked].sort()).toEqual([...told].sort())
})
