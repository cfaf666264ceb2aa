import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { createIssuer, staticOptions } from './harness/issuer.js'

// The app refuses a user by its schema or by `isRevoked`, and the answer is a promise that does not look like one: of another realm,
// of zone.js, or of a library of its own. Whoever takes it for an answer lets the user in.

const issuer = createIssuer()
const token = issuer.token()

type Resolve = (value: unknown) => void

/** Anything can have a `then`. */
function withThen(target: object, then: (resolve: Resolve) => void): unknown {
  return Object.defineProperty(target, 'then', { value: then })
}

const kinds: readonly (readonly [string, (value: unknown) => unknown])[] = [
  ['a promise', (value) => Promise.resolve(value)],
  ['a thenable', (value) => withThen({}, (resolve) => resolve(value))],
  ['a late thenable', (value) => withThen({}, (resolve) => void setTimeout(resolve, 1, value))],
  [
    'a function with a then',
    (value) =>
      withThen(
        () => {},
        (resolve) => resolve(value),
      ),
  ],
  ['a promise of another realm', (value) => runInNewContext('Promise').resolve(value)],
]

const unhandled: unknown[] = []
process.on('unhandledRejection', (reason) => unhandled.push(reason))
afterEach(() => expect(unhandled).toEqual([]))

describe.each(kinds)('%s', (_kind, later) => {
  describe('of a claims schema', () => {
    const issues = [{ message: 'banned' }]
    const validate = () => later({ issues }) as { readonly issues: readonly { readonly message: string }[] }
    const claims = { '~standard': { version: 1, vendor: 'app', validate } } as const
    const api = useApi({ ...staticOptions(issuer), claims })

    it('refuses, at the first request and at the next', async () => {
      const refused = { code: 'token_rejected', reason: 'claims_schema' }
      for (let time = 0; time < 2; time += 1) expect(await api.bearer(token)).toEqual(refused)
    })
  })

  describe('of isRevoked', () => {
    const api = useApi({ ...staticOptions(issuer), isRevoked: () => later(true) as boolean })

    it('is no answer: nobody is let in, and nobody is signed out', async () => {
      const unsure = { code: 'store_unavailable', reason: 'revocation_unsure' }
      for (let time = 0; time < 2; time += 1) expect(await api.bearer(token)).toEqual(unsure)
    })
  })
})

describe('a promise that rejects', () => {
  const api = useApi({
    ...staticOptions(issuer),
    isRevoked: () => Promise.reject(new Error('down')) as unknown as boolean,
  })

  it('of isRevoked is no answer either, and stops no process', async () => {
    expect(await api.bearer(token)).toEqual({ code: 'store_unavailable', reason: 'revocation_unsure' })
  })
})
