import type { JsonObject } from './compact-jws.js'

/**
 * The part of Standard Schema v1 that Latchkey calls: any validator that implements it (Zod, Valibot, ArkType, …) can
 * check and type the claims.
 */
export interface ClaimsSchema<Output extends object = object> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] }

/**
 * Runs the user's schema on claims whose signature is good. What it throws is the app's own bug and passes through.
 *
 * @returns the claims with the schema's output laid over them; undefined where the schema refuses them
 */
export function applyClaimsSchema(
  schema: ClaimsSchema | undefined,
  claims: JsonObject,
): JsonObject | undefined | Promise<JsonObject | undefined> {
  if (schema === undefined) return claims
  const result = schema['~standard'].validate(claims)
  return result instanceof Promise ? result.then((late) => overlay(claims, late)) : overlay(claims, result)
}

function overlay(claims: JsonObject, result: SchemaResult<object>): JsonObject | undefined {
  return result.issues === undefined ? { ...claims, ...result.value } : undefined
}
