import type { UntypedClaims } from '@latchkey/core'
import { createRequirement, optionalStoredAuth, requireCall, type SessionGuardOptions } from '@latchkey/core/adapter'
import { applyDecorators, createParamDecorator, SetMetadata, UseGuards } from '@nestjs/common'
import { type Ask, keys, LatchkeyGuard, passed } from './latchkey-guard.js'

/** A decorator for a controller or for one of its methods. */
export type GuardDecorator = MethodDecorator & ClassDecorator

type Given<Claims extends object> = [options?: SessionGuardOptions<Claims>]
const guarded = (key: string, ask: Ask) => applyDecorators(SetMetadata(key, ask), UseGuards(LatchkeyGuard))

/**
 * Lets a request pass only with one good token that meets the requirement. On a method, it replaces the decorator of the
 * controller. It also gives `@nestjs/swagger` the operation's `security` and its refusals. A decorator does not know the type of
 * the claims that `check` sees: write `RequireAuth<MyClaims>({ … })`.
 *
 * @throws ConfigError for wrong options, or without parentheses, when the class is defined
 */
export function RequireAuth<Claims extends object = UntypedClaims>(...given: Given<Claims>): GuardDecorator {
  return guardCaller('requireAuth', given)
}

/** Like `@RequireAuth()`, also in what it throws, but lets requests without a token pass. It still refuses a bad token. */
export function OptionalAuth<Claims extends object = UntypedClaims>(...given: Given<Claims>): GuardDecorator {
  return guardCaller('optionalAuth', given)
}

/**
 * Refuses requests from a page of another origin, except GET, HEAD and OPTIONS. It is for routes that know their caller by other
 * means. If the method or its controller also has `@RequireAuth()` or `@OptionalAuth()`, both must let the request pass.
 */
export function RequireSameOrigin(...given: []): GuardDecorator {
  requireCall('@RequireSameOrigin()', given, 0)
  return guarded(keys.origin, (auth) => auth.requireSameOrigin())
}

function guardCaller(kind: 'requireAuth' | 'optionalAuth', given: Given<never>): GuardDecorator {
  requireCall(kind === 'requireAuth' ? '@RequireAuth()' : '@OptionalAuth()', given, 1)
  // `refresh` is left to the platform's guard, which knows whether there are sessions.
  const [{ refresh: _, ...checked } = {}] = given
  createRequirement(kind === 'requireAuth', checked)
  return guarded(keys.caller, (auth) => auth[kind](given[0]))
}

/**
 * Parameter decorator: gives who is calling, as an `Auth`. Behind `@OptionalAuth()` it gives null if the request carried no
 * token. Throws ConfigError, when a request arrives, if no guard ran.
 */
export const CurrentAuth: () => ParameterDecorator = createParamDecorator((_data: unknown, context) => {
  const request = context.switchToHttp().getRequest<never>()
  return optionalStoredAuth(passed.get(request)?.auth.getOptionalAuth(request))
})
