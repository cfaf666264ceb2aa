import { AuthError } from '@latchkey/core'
import {
  allowInsecureRequests,
  type ClientAuth,
  type Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
} from 'openid-client'

/** Whom users log in with, and as which client. */
export interface ProviderOptions {
  readonly issuer: string
  readonly clientId: string
  readonly clientAuth: ClientAuth
  readonly fetch?: typeof fetch | undefined
}

/** Gives what is known of the provider. Rejects with `keys_unavailable` where it cannot be reached. */
export type Provider = () => Promise<Configuration>

const metadataFor = 86_400_000

/** Fetches the provider's metadata with the first log-in, once for all who need it, and keeps it for a day. */
export function createProvider({ issuer, clientId, clientAuth, fetch }: ProviderOptions): Provider {
  const isPlain = new URL(issuer).protocol === 'http:'
  let found: { readonly config: Promise<Configuration>; readonly since: number } | undefined

  async function discover(): Promise<Configuration> {
    const config = await discovery(new URL(issuer), clientId, { use_mtls_endpoint_aliases: false }, clientAuth, {
      timeout: 3,
      // `issuer` is https or on loopback; `oidcLogin` has seen to that.
      execute: isPlain ? [allowInsecureRequests, enableNonRepudiationChecks] : [enableNonRepudiationChecks],
      ...(fetch && { [customFetch]: (url, { body, ...init }) => fetch(url, { ...init, body: body ?? null }) }),
    })
    if (config.serverMetadata().issuer !== issuer) throw new Error('The metadata names another issuer.')
    return config
  }

  return async () => {
    if (found === undefined || performance.now() - found.since > metadataFor) {
      const config = discover()
      found = { config, since: performance.now() }
      // Not kept: the next log-in tries again.
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

/** The provider cannot be reached or has answered nonsense: 503, and nobody is signed out. */
export function providerUnavailable(issuer: string): AuthError {
  return new AuthError('keys_unavailable', { reason: 'provider_unavailable', issuer })
}
