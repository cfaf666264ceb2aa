import type { SharedOptions } from '@latchkey/core'
import { AuthError, type AuthErrorCode, type CoreEvent, type IssuerOptions, type KeySetOptions } from '@latchkey/core'
import { expect, test } from 'vitest'
import { readDocument } from './documents.js'

const errors = await readDocument('packages/docs/errors/index.md')
const eventsPage = await readDocument('packages/docs/guide/events.md')
const core = await readDocument('packages/core/README.md')

// Written out so that the compiler asks for a new one here, and the test then in the documents.
const codes: Record<AuthErrorCode, true> = {
  token_missing: true,
  request_malformed: true,
  token_repeated: true,
  token_malformed: true,
  token_rejected: true,
  token_expired: true,
  scope_insufficient: true,
  role_insufficient: true,
  authorization_insufficient: true,
  access_denied: true,
  authentication_insufficient: true,
  proof_rejected: true,
  nonce_required: true,
  proof_required: true,
  binding_rejected: true,
  origin_rejected: true,
  refresh_rejected: true,
  keys_unavailable: true,
  store_unavailable: true,
}
const events: Record<CoreEvent['type'], true> = {
  denied: true,
  keys_refreshed: true,
  keys_refresh_failed: true,
  keys_stale_served: true,
  key_unknown: true,
  issuer_lookup_failed: true,
}
const issuerOptions: Record<keyof IssuerOptions, true> = {
  issuer: true,
  audience: true,
  algorithms: true,
  jwksUri: true,
  metadataUri: true,
  keys: true,
  jwks: true,
  publicKeys: true,
  secret: true,
  tokenType: true,
  requiredClaims: true,
  scopeFrom: true,
  rolesFrom: true,
  keySet: true,
  fetch: true,
  isRevoked: true,
  introspection: true,
}
const sharedOptions: Record<keyof SharedOptions | 'issuers' | 'keepFor', true> = {
  issuers: true,
  keepFor: true,
  tokenFrom: true,
  trustedOrigins: true,
  scopeImplies: true,
  maxTokenLength: true,
  claims: true,
  clockTolerance: true,
  maxTokenAge: true,
  decryption: true,
  dpop: true,
  mtls: true,
  resource: true,
  cnf: true,
  tokenCache: true,
  keySet: true,
  onEvent: true,
  clock: true,
  fetch: true,
  random: true,
}
const keySetOptions: Record<keyof KeySetOptions, true> = {
  timeout: true,
  freshFor: true,
  staleFor: true,
  cooldown: true,
  startup: true,
  plainHttp: true,
  seed: true,
}

/** The cells of a document's table, row by row, by the name of its first column. */
function table({ markdown }: typeof core, column: string): string[][] {
  const start = markdown.prose.findIndex((line) => line.startsWith(`| ${column} |`))
  const rows: string[][] = []
  for (const line of markdown.prose.slice(start + 2)) {
    if (!line.startsWith('|')) break
    rows.push(line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('`', '')))
  }
  return rows.map(([, ...cells]) => cells)
}

test("the site's table has every code, with its status", () => {
  const rows = table(errors, 'code').map(([code = '', status]) => [/^\[(\w+)\]/.exec(code)?.[1], Number(status)])
  const expected = (Object.keys(codes) as AuthErrorCode[]).map((code) => [code, new AuthError(code).status])
  expect(rows).toEqual(expected)
})

test.each(Object.keys(codes) as AuthErrorCode[])('the site has a page for %s, with its sentence', async (code) => {
  const { text } = await readDocument(`packages/docs/errors/${code}.md`)
  const { status, message } = new AuthError(code)
  expect(text).toMatch(new RegExp(`^# \`${code}\``))
  expect(text).toContain(`**${status} `)
  expect(text).toContain(message)
})

test("the site's table has every event of core", () => {
  expect(table(eventsPage, 'type').map(([type]) => type)).toEqual(Object.keys(events))
})

test("core's README has every option", () => {
  const named = ['option', 'option of `keySet`'].map((column) => table(core, column).map(([name]) => name))
  expect(named).toEqual([Object.keys(issuerOptions), Object.keys(keySetOptions)])
  const [, shared = ''] = core.text.split('### For all of them')
  const rest = { ...core, markdown: { ...core.markdown, prose: shared.split('\n') } }
  expect(table(rest, 'option').map(([name]) => name)).toEqual(Object.keys(sharedOptions))
})
