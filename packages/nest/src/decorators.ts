import 'reflect-metadata'
import type { Auth } from '@latchkey/core'
import {
  createRequirement,
  optionalStoredAuth,
  type Requirement,
  type SessionGuardOptions,
} from '@latchkey/core/adapter'
import { applyDecorators, createParamDecorator, SetMetadata, UseGuards } from '@nestjs/common'
import { type Asked, askedOf, LatchkeyGuard, sameOrigin, storedAuth } from './latchkey-guard.js'

/** A decorator for a controller or for one of its methods. */
export type GuardDecorator = MethodDecorator & ClassDecorator

/** What `@nestjs/swagger` reads the `security` of an operation from. */
const swaggerSecurity = 'swagger/apiSecurity'

/**
 * Lets only requests pass that carry one good token and fulfil the requirement. On a method it takes the place of what is said
 * on the controller. `@nestjs/swagger` gets the operation's `security` from it, under the name `bearer`, as
 * `DocumentBuilder.addBearerAuth()` writes it.
 *
 * @throws ConfigError for bad options, when the class is defined
 */
export function RequireAuth(options: SessionGuardOptions = {}): GuardDecorator {
  const { scope } = read(true, options)
  return decorate({ required: true, options }, [{ bearer: [...scope] }])
}

/**
 * Lets a request without a token pass as nobody's; a bad token is refused. On a method it takes the place of what is said on
 * the controller.
 *
 * @throws ConfigError for bad options, when the class is defined
 */
export function OptionalAuth(options: SessionGuardOptions = {}): GuardDecorator {
  const { scope } = read(false, options)
  return decorate({ required: false, options }, [{}, { bearer: [...scope] }])
}

/**
 * The cross-origin check, for routes that know their caller by other means. Who is calling is not asked, unless `@RequireAuth()`
 * or `@OptionalAuth()` stands there too, on the method or its controller: then both have to hold.
 */
export function RequireSameOrigin(): GuardDecorator {
  return applyDecorators(sameOrigin(), UseGuards(LatchkeyGuard))
}

/** `refresh` is for the platform's guard to look at: it knows whether there are sessions. */
function read(required: boolean, { refresh: _, ...asked }: SessionGuardOptions): Requirement {
  return createRequirement(required, asked)
}

function decorate(asked: Asked, security: readonly object[]): GuardDecorator {
  return applyDecorators(askedOf(asked), documented(security), UseGuards(LatchkeyGuard))
}

/**
 * Says it to `@nestjs/swagger` method by method: what a controller says stands beside what its method says there, and either
 * would do. A class's decorators come after those of its methods, so what a method says is there already.
 */
function documented(security: readonly object[]): GuardDecorator {
  const say = SetMetadata(swaggerSecurity, security)
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (typeof target !== 'function') {
      if (key !== undefined && descriptor !== undefined) say(target, key, descriptor)
      return
    }
    for (const [name, each] of Object.entries(Object.getOwnPropertyDescriptors(target.prototype))) {
      const isSaid = typeof each.value !== 'function' || Reflect.hasMetadata(swaggerSecurity, each.value)
      if (name !== 'constructor' && !isSaid) say(target.prototype, name, each)
    }
  }
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
