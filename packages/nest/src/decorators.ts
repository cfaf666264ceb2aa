import 'reflect-metadata'
import type { Auth } from '@latchkey/core'
import { createRequirement, optionalStoredAuth, type SessionGuardOptions } from '@latchkey/core/adapter'
import { applyDecorators, createParamDecorator, UseGuards } from '@nestjs/common'
import { type Asked, askedOf, LatchkeyGuard, sameOrigin, storedAuth } from './latchkey-guard.js'

/** A decorator for a controller or for one of its methods. */
export type GuardDecorator = MethodDecorator & ClassDecorator

/**
 * Lets only requests pass that carry one good token and fulfil the requirement. On a method it takes the place of what is said
 * on the controller. `@nestjs/swagger` gets the operation's `security` and its refusals from it.
 *
 * @throws ConfigError for bad options, when the class is defined
 */
export function RequireAuth(options: SessionGuardOptions = {}): GuardDecorator {
  return decorate({ required: true, options })
}

/**
 * Lets a request without a token pass as nobody's; a bad token is refused. On a method it takes the place of what is said on
 * the controller.
 *
 * @throws ConfigError for bad options, when the class is defined
 */
export function OptionalAuth(options: SessionGuardOptions = {}): GuardDecorator {
  return decorate({ required: false, options })
}

/**
 * The cross-origin check, for routes that know their caller by other means. Who is calling is not asked, unless `@RequireAuth()`
 * or `@OptionalAuth()` stands there too, on the method or its controller: then both have to hold.
 */
export function RequireSameOrigin(): GuardDecorator {
  return applyDecorators(sameOrigin(), UseGuards(LatchkeyGuard))
}

function decorate(asked: Asked): GuardDecorator {
  // `refresh` is for the platform's guard to look at: it knows whether there are sessions.
  const { refresh: _, ...options } = asked.options
  createRequirement(asked.required, options)
  return applyDecorators(askedOf(asked), UseGuards(LatchkeyGuard))
}

/**
 * Parameter decorator: who is calling, an `Auth`; null for nobody behind `@OptionalAuth()`.
 *
 * @throws ConfigError, at the request, where no guard ran
 */
export const CurrentAuth: () => ParameterDecorator = createParamDecorator(
  (_data: unknown, context): Auth<object> | null => {
    return optionalStoredAuth(storedAuth(context.switchToHttp().getRequest()))
  },
)
