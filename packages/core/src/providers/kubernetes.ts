import { refuseUnknownOptions } from '../config-error.js'
import type { IssuerOptions } from '../issuer-options.js'

/** Whose service accounts are accepted. */
export interface KubernetesOptions {
  /** The API server's `--service-account-issuer`; see `kubectl get --raw /.well-known/openid-configuration`. */
  readonly issuer: string
  /** The `audience` that the pod's projected volume (or `kubectl create token`) asks for. */
  readonly audience: string | readonly string[]
  /**
   * The URL of the keys; within the cluster `https://kubernetes.default.svc/openid/v1/jwks`. Default: found through the issuer's
   * metadata.
   */
  readonly jwksUri?: string
  /**
   * Fetches the keys. Within the cluster, it must trust the cluster's certificate authority and send this pod's own token.
   * Default: the verifier's `fetch`.
   */
  readonly fetch?: typeof fetch
}

/**
 * Gives the options for tokens of Kubernetes service accounts, from projected volumes.
 *
 * - Ask for an audience of your own. Without one, it is that of the API server, and a token that leaks is good for the cluster.
 * - Managed clusters have a public issuer, whose metadata anybody can fetch. In other clusters the endpoint asks for
 *   credentials: give `fetch`, or bind `system:service-account-issuer-discovery` to `system:unauthenticated`.
 * - The account is in `sub`: `system:serviceaccount:NAMESPACE:NAME`. Any pod of the cluster can ask for your audience, so
 *   compare `sub`. The token of a pod that was deleted stays good until it expires; only the API server's TokenReview knows
 *   better.
 * - Tokens from secrets (before Kubernetes 1.24) have no `exp`, so they are refused.
 *
 * @throws ConfigError for an unknown option
 */
export function kubernetes(options: KubernetesOptions): IssuerOptions {
  refuseUnknownOptions('kubernetes', options, { issuer: true, audience: true, jwksUri: true, fetch: true })
  const { issuer, audience, jwksUri, fetch } = options
  return {
    issuer,
    audience,
    ...(jwksUri === undefined ? {} : { jwksUri }),
    ...(fetch === undefined ? {} : { fetch }),
  }
}
