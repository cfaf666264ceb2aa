import type { UntypedClaims } from '@latchkey/core'
import { createRequirement, optionalStoredAuth, type SessionGuardOptions } from '@latchkey/core/adapter'
import { applyDecorators, createParamDecorator, SetMetadata, UseGuards } from '@nestjs/common'
import { type Ask, keys, LatchkeyGuard, passed } from './latchkey-guard.js'

/** A decorator for a controller or for one of its methods. */
export type GuardDecorator = MethodDecorator & ClassDecorator

/**
 * Lets a request pass only with one good token that meets the requirement. On a method, it replaces the decorator of the
 * controller. It also gives `@nestjs/swagger` the operation's `security` and its refusals. A decorator does not know the type of
 * the claims that `check` sees: write `RequireAuth<MyClaims>({ … })`.
 *
 * @throws ConfigError for wrong options, when the class is defined
 */
export function RequireAuth<Claims extends object = UntypedClaims>(
  options: SessionGuardOptions<Claims> = {},
): GuardDecorator {
  return guardCaller('requireAuth', options)
}

/** Like `@RequireAuth()`, also in what it throws, but lets requests without a token pass. It still refuses a bad token. */
export function OptionalAuth<Claims extends object = UntypedClaims>(
  options: SessionGuardOptions<Claims> = {},
): GuardDecorator {
  return guardCaller('optionalAuth', options)
}

/**
 * Refuses requests from a page of another origin, except GET, HEAD and OPTIONS. It is for routes that know their caller by other
 * means. If the method or its controller also has `@RequireAuth()` or `@OptionalAuth()`, both must let the request pass.
 */
export function RequireSameOrigin(): GuardDecorator {
  const ask: Ask = (auth) => auth.requireSameOrigin()
  return applyDecorators(SetMetadata(keys.origin, ask), UseGuards(LatchkeyGuard))
}

function guardCaller(kind: 'requireAuth' | 'optionalAuth', options: SessionGuardOptions<never>): GuardDecorator {
  // `refresh` is left to the platform's guard, which knows whether there are sessions.
  const { refresh: _, ...checked } = options
  createRequirement(kind === 'requireAuth', checked)
  const ask: Ask = (auth) => auth[kind](options)
  return applyDecorators(SetMetadata(keys.caller, ask), UseGuards(LatchkeyGuard))
}

/**
 * Parameter decorator: gives who is calling, as an `Auth`. Behind `@OptionalAuth()` it gives null if the request carried no
 * token. Throws ConfigError, when a request arrives, if no guard ran.
 */
export const CurrentAuth: () => ParameterDecorator = createParamDecorator((_data: unknown, context) => {
  const request = context.switchToHttp().getRequest<never>()
  return optionalStoredAuth(passed.get(request)?.auth.getOptionalAuth(request))
})
