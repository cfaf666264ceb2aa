import { AuthError } from '@latchkey/core'
import { platformFetch } from '@latchkey/core/adapter'
import {
  allowInsecureRequests,
  type ClientAuth,
  type Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
} from 'openid-client'

/** The provider that users log in with, and the client at it. */
export interface ProviderOptions {
  readonly issuer: string
  readonly clientId: string
  readonly clientAuth: ClientAuth
  readonly fetch?: typeof fetch | undefined
}

/** Gives the provider's configuration. Rejects with the AuthError `keys_unavailable` if the provider cannot be reached. */
export type Provider = () => Promise<Configuration>

const metadataFor = 86_400_000

/**
 * Makes the function that fetches the provider's metadata at the first log-in. Concurrent log-ins share one fetch. It is kept
 * for a day.
 */
export function createProvider({ issuer, clientId, clientAuth, fetch = platformFetch }: ProviderOptions): Provider {
  const isPlain = new URL(issuer).protocol === 'http:'
  let found: { readonly config: Promise<Configuration>; readonly since: number } | undefined

  async function discover(): Promise<Configuration> {
    const config = await discovery(new URL(issuer), clientId, { use_mtls_endpoint_aliases: false }, clientAuth, {
      timeout: 3,
      // `oidcLogin` has checked that `issuer` is https or on loopback.
      execute: isPlain ? [allowInsecureRequests, enableNonRepudiationChecks] : [enableNonRepudiationChecks],
      [customFetch]: (url, { body, ...init }) => fetch(url, { ...init, body: body ?? null }),
    })
    if (config.serverMetadata().issuer !== issuer) throw new Error('The metadata names another issuer.')
    return config
  }

  return async () => {
    if (found === undefined || performance.now() - found.since > metadataFor) {
      const config = discover()
      found = { config, since: performance.now() }
      // A failure is not kept, so the next log-in tries again.
      config.catch(() => {
        found = undefined
      })
    }
    try {
      return await found.config
    } catch {
      throw providerUnavailable(issuer)
    }
  }
}

/** Makes the refusal for a provider that cannot be reached or whose answer makes no sense: 503, and nobody is signed out. */
export function providerUnavailable(issuer: string): AuthError {
  return new AuthError('keys_unavailable', { reason: 'provider_unavailable', issuer })
}
