import { createVerifier, type Verifier } from '@latchkey/core'
import { z } from 'zod'
import { type AppClaims, frameworks } from './apps.js'
import { api, type ProviderOptions, type RunningProvider, startProvider } from './provider.js'

/** A provider and one app that trusts it, over real sockets. */
export interface Setting extends AsyncDisposable {
  readonly provider: RunningProvider
  readonly verifier: Verifier<AppClaims>
  /** Puts the app's clock forward; the provider's stays. */
  advance(seconds: number): void
  /** Asks the app, and tells what a client sees. */
  get(path: string, token?: string): Promise<Answer>
  /** Replaces the provider by one with another key, at the same address. */
  replaceKey(): Promise<void>
}

/** An app's answer. */
export interface Answer {
  readonly status: number
  readonly challenge: string | null
  readonly body: unknown
}

/** Starts both. Use with `await using`: they stop when the test ends. */
export async function startSetting(framework: string, options: ProviderOptions = {}): Promise<Setting> {
  const start = frameworks[framework]
  if (start === undefined) throw new Error(`There is no app for ${framework}.`)
  let provider = await startProvider(options)
  let ahead = 0
  const verifier = createVerifier({
    issuer: provider.issuer,
    audience: api,
    tokenType: 'at+jwt',
    claims: z.object({ email: z.string().optional() }),
    clock: () => Date.now() / 1000 + ahead,
  })
  const app = await start(verifier)

  return {
    get provider() {
      return provider
    },
    verifier,
    advance: (seconds) => {
      ahead += seconds
    },
    get: async (path, token) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
      const response = await fetch(`${app.url}${path}`, { headers })
      return {
        status: response.status,
        challenge: response.headers.get('www-authenticate'),
        body: await response.json(),
      }
    },
    replaceKey: async () => {
      await provider.stop()
      provider = await startProvider({ ...options, port: provider.port })
    },
    [Symbol.asyncDispose]: async () => {
      await app.stop()
      await provider.stop()
    },
  }
}
