import { type MaybePromise, whenReady } from '../maybe-promise.js'
import type { JsonObject } from './compact-jws.js'
import { freezeCopies } from './deep-freeze.js'

/**
 * The part of Standard Schema v1 that Latchkey calls: any validator that implements it (Zod, Valibot, ArkType, …) can
 * check and type the claims.
 */
export interface ClaimsSchema<Output extends object = object> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | PromiseLike<SchemaResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] }

/**
 * Runs the user's schema on claims whose signature is good. Whatever has a `then` is awaited; only a result with a `value` is
 * success. What the schema throws, or an answer that is neither success nor issues, is the app's own bug and passes through.
 *
 * @returns the claims with the schema's output laid over them; undefined where the schema refuses them
 */
export function applyClaimsSchema(
  schema: ClaimsSchema | undefined,
  claims: JsonObject,
): MaybePromise<JsonObject | undefined> {
  if (schema === undefined) return claims
  const result: unknown = schema['~standard'].validate(claims)
  return whenReady(result, (ready) => overlay(claims, ready))
}

function overlay(claims: JsonObject, result: unknown): JsonObject | undefined {
  if (typeof result === 'object' && result !== null) {
    if ('issues' in result && result.issues !== undefined) return undefined
    if ('value' in result && typeof result.value === 'object' && result.value !== null) {
      freezeCopies(result.value, claims)
      return Object.freeze({ ...claims, ...result.value })
    }
  }
  throw new TypeError('The claims schema answered with neither an object as its value nor issues.')
}
