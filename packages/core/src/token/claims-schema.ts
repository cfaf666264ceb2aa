import { type MaybePromise, whenReady } from '../maybe-promise.js'
import type { JsonObject } from './compact-jws.js'
import { freezeCopies } from './deep-freeze.js'

/**
 * The part of Standard Schema v1 that Latchkey uses (https://standardschema.dev). Any validator that implements it (Zod, Valibot,
 * ArkType, …) can check the claims and give them a type.
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
 * Runs the app's schema on claims whose signature is good. An answer with a method `then` is awaited. Only a result with a
 * `value` is a success. What the schema throws is the app's own bug and passes through; so is an answer with neither `value`
 * nor `issues`, which throws a TypeError.
 *
 * @returns the claims, in which the schema's output replaces the claims that it names; undefined if the schema refuses them
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
