import { type Auth, ConfigError, type RequirementOptions } from '@latchkey/core'
import { isObject } from './is-object.js'

/** A route in the configuration's `guards`. `guarded` answers GET and POST. */
export interface GuardedRoute {
  readonly path: string
  readonly isOptional: boolean
  readonly options: RequirementOptions
}

type Check = NonNullable<RequirementOptions['check']>

/** The checks by name, because JSON has no functions. */
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

/** Members that are not the contract server's own go to the library as they are. */
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
