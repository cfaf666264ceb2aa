import { createVerifier } from '@latchkey/core'
import { createTestIssuer } from '@latchkey/testing'
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect } from 'vitest'

const issuer = createTestIssuer()

/** The API's verifier: its keys are found through the issuer's metadata, and tokens are taken from a cookie too. */
export const verifier = createVerifier({
  issuer: issuer.url,
  audience: issuer.audience,
  fetch: issuer.fetch,
  rolesFrom: 'roles',
  tokenFrom: ['header', { cookie: '__Host-access' }],
})

/** Logged in with a second factor, a moment ago. */
const strong = () => ({ acr: 'mfa', auth_time: Math.floor(Date.now() / 1000) })

const token = (claims: object) => issuer.token({ claims: { ...claims } })

/** Sends a request to the app that the document describes. */
export type Call = (path: string, init: { method: string; headers: Record<string, string> }) => Promise<Response>

interface Operation {
  readonly security?: readonly Record<string, readonly string[]>[]
  readonly responses: Record<string, Documented | undefined>
}

interface Documented {
  readonly headers?: Record<string, unknown>
  readonly content?: Record<string, { schema: { properties: { code: { enum: string[] } } } }>
}

/** What an operation answered, by what it was called with. */
export interface Answers {
  readonly nobody: number
  readonly tooLittle: number
}

/**
 * Validates a document, then calls each of its operations without a token, with one that grants nothing, from a page of another
 * origin, and with one that grants all that the document says. Every refusal has to be documented: its status, its code, its
 * fields. What is documented to need no token has to do without.
 *
 * @returns the statuses of each operation to the first two, by `GET /path`
 */
export async function compare(document: Record<string, unknown>, call: Call): Promise<Record<string, Answers>> {
  const validation = await new Validator().validate(structuredClone(document))
  expect(validation.errors ?? []).toEqual([])
  const paths = document['paths'] as Record<string, Record<string, Operation>>
  const found: Record<string, Answers> = {}
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const name = `${method.toUpperCase()} ${path}`
      found[name] = await callOperation(name, operation, (headers) =>
        call(path.replaceAll(/\{\w+\}/g, '1'), { method: method.toUpperCase(), headers }),
      )
    }
  }
  return found
}

async function callOperation(
  name: string,
  operation: Operation,
  call: (headers: Record<string, string>) => Promise<Response>,
): Promise<Answers> {
  const { security = [{}] } = operation
  const scopes = security.find((each) => 'openIdConnect' in each)?.['openIdConnect'] ?? []
  const enough = token({ scope: scopes.join(' '), roles: ['editor'], tenant: 'acme', ...strong() })
  const nobody = await call({})
  const isOpen = security.some((each) => Object.keys(each).length === 0)
  expect([name, nobody.status === 401]).toEqual([name, !isOpen])
  const answers = {
    nobody,
    tooLittle: await call({ authorization: `Bearer ${token({})}` }),
    enough: await call({ authorization: `Bearer ${enough}` }),
    twice: await call({ authorization: `Bearer ${enough}`, cookie: `__Host-access=${enough}` }),
    broken: await call({ authorization: 'Bearer x' }),
    foreign: await call({ cookie: `__Host-access=${enough}`, 'sec-fetch-site': 'cross-site' }),
  }
  expect([name, answers.enough.status]).toEqual([name, 200])
  for (const answer of Object.values(answers)) await expectDocumented(name, operation, answer)
  return { nobody: nobody.status, tooLittle: answers.tooLittle.status }
}

/** A refusal's status, code and fields stand in the document. */
async function expectDocumented(name: string, { responses }: Operation, answer: Response): Promise<void> {
  if (answer.ok) return
  const documented = responses[answer.status]
  const { code } = (await answer.json()) as { code: string }
  const codes = documented?.content?.['application/problem+json']?.schema.properties.code.enum
  expect([name, answer.status, codes]).toEqual([name, answer.status, expect.arrayContaining([code])])
  for (const field of ['www-authenticate', 'retry-after']) {
    const fields = Object.keys(documented?.headers ?? {}).map((each) => each.toLowerCase())
    if (answer.headers.has(field)) expect([name, code, fields]).toEqual([name, code, expect.arrayContaining([field])])
  }
}
