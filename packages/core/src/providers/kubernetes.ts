import type { IssuerOptions } from '../issuer-options.js'

/** Whose service accounts are accepted. */
export interface KubernetesOptions {
  /** The API server's `--service-account-issuer`; see `kubectl get --raw /.well-known/openid-configuration`. */
  readonly issuer: string
  /** What the pod's projected volume (or `kubectl create token`) asks for as `audience`. */
  readonly audience: string | readonly string[]
  /** Where the keys are reached, if not at the issuer: `https://kubernetes.default.svc/openid/v1/jwks` within the cluster. */
  readonly jwksUri?: string
  /** Within the cluster: one that trusts the cluster's authority and sends this pod's own token. */
  readonly fetch?: typeof fetch
}

/**
 * Tokens of Kubernetes service accounts, of projected volumes.
 *
 * - Ask for an audience of your own: without one it is the API server's, and a token that leaks is good for the cluster.
 * - Managed clusters have an issuer in public, whose metadata anybody can fetch. Elsewhere the endpoint asks for credentials:
 *   give `fetch`, or bind `system:service-account-issuer-discovery` to `system:unauthenticated`.
 * - Who it is, is in `sub`: `system:serviceaccount:NAMESPACE:NAME`. Any pod of the cluster can ask for your audience, so look
 *   at it. A token of a pod that is gone stays good until it expires; only the API server's TokenReview knows.
 * - Tokens of secrets (before 1.24) never expire, so they are refused: they have no `exp`.
 */
export function kubernetes({ issuer, audience, jwksUri, fetch }: KubernetesOptions): IssuerOptions {
  return {
    issuer,
    audience,
    ...(jwksUri === undefined ? {} : { jwksUri }),
    ...(fetch === undefined ? {} : { fetch }),
  }
}
