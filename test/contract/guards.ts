import { type Auth, ConfigError, type RequirementOptions } from '@latchkey/core'
import { isObject } from './is-object.js'

/** A route of the configuration's `guards`: GET and POST, answered by `guarded`. */
export interface GuardedRoute {
  readonly path: string
  readonly isOptional: boolean
  readonly options: RequirementOptions
}

type Check = NonNullable<RequirementOptions['check']>

/** JSON has no functions: what a `check` is called there. */
const checks: { readonly [name: string]: Check } = {
  tenant: isOfTenant,
  slow: async (auth) => isOfTenant(auth),
  truthy: () => 1 as unknown as boolean,
  throws: () => {
    throw new Error("the app's own")
  },
}

function isOfTenant({ claims }: Auth): boolean {
  return claims['tenant'] === 'acme'
}

/** What is not of the contract server itself goes to the library as it is. */
export function readGuards(guards: unknown = {}): readonly GuardedRoute[] {
  if (!isObject(guards)) throw new ConfigError('guards must be an object.')
  return Object.entries(guards).map(([path, asked]) => {
    if (!isObject(asked)) throw new ConfigError('guards must hold objects.')
    const { optional, check, ...options } = asked
    const named = typeof check === 'string' ? (checks[check] ?? check) : check
    return {
      path,
      isOptional: optional === true,
      options: check === undefined ? options : { ...options, check: named as Check },
    }
  })
}
