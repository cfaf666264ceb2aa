import 'reflect-metadata'
import type { Auth } from '@latchkey/core'
import { createRequirement, optionalStoredAuth, type SessionGuardOptions } from '@latchkey/core/adapter'
import { applyDecorators, createParamDecorator, UseGuards } from '@nestjs/common'
import { type Asked, Asks, AsksOrigin, LatchkeyGuard, storedAuth } from './latchkey-guard.js'

/** A decorator for a controller or for one of its methods. */
export type GuardDecorator = MethodDecorator & ClassDecorator

/**
 * Lets only requests pass that carry one good token and fulfil the requirement. On a method it replaces what the controller says.
 * `@nestjs/swagger` gets the operation's `security` and its refusals from it.
 *
 * @throws ConfigError for bad options, when the class is defined
 */
export function RequireAuth(options: SessionGuardOptions = {}): GuardDecorator {
  return decorate({ required: true, options })
}

/**
 * Lets a request without a token pass as nobody's, and refuses a bad token. On a method it replaces what the controller says.
 *
 * @throws ConfigError for bad options, when the class is defined
 */
export function OptionalAuth(options: SessionGuardOptions = {}): GuardDecorator {
  return decorate({ required: false, options })
}

/**
 * Refuses what a page of another origin sends (but for GET, HEAD and OPTIONS), for routes that know their caller by other means.
 * `@RequireAuth()` or `@OptionalAuth()`, on the method or its controller, have to hold too where one stands there.
 */
export function RequireSameOrigin(): GuardDecorator {
  return applyDecorators(AsksOrigin(true), UseGuards(LatchkeyGuard))
}

function decorate(asked: Asked): GuardDecorator {
  // The platform's guard looks at `refresh`: it knows whether there are sessions.
  const { refresh: _, ...options } = asked.options
  createRequirement(asked.required, options)
  return applyDecorators(Asks(asked), UseGuards(LatchkeyGuard))
}

/**
 * Parameter decorator: gives who is calling, an `Auth`. Behind `@OptionalAuth()` it gives null for nobody.
 *
 * @throws ConfigError, at the request, where no guard ran
 */
export const CurrentAuth: () => ParameterDecorator = createParamDecorator(
  (_data: unknown, context): Auth<object> | null => optionalStoredAuth(storedAuth(context.switchToHttp().getRequest())),
)
