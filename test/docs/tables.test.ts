import { AuthError, type AuthErrorCode, type CoreEvent } from '@latchkey/core'
import { expect, test } from 'vitest'
import { type Document, readDocument, readDocuments } from './documents.js'

const errors = await readDocument('packages/docs/errors/index.md')
const eventsPage = await readDocument('packages/docs/guide/events.md')

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
/** The cells of a document's table, row by row, by the name of its first column. */
function table({ markdown }: Document, column: string): string[][] {
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

test.each(await readDocuments())('every column of $path has a name, which screen readers say', ({ markdown }) => {
  const { prose } = markdown
  const heads = prose.filter((_line, index) => /^\|(?: *:?-+:? *\|)+$/.test(prose[index + 1] ?? ''))
  expect(heads.filter((line) => /\| *\|/.test(line))).toEqual([])
})
