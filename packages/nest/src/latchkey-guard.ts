import { type Auth, ConfigError } from '@latchkey/core'
import type { SessionGuardOptions, StoredAuth } from '@latchkey/core/adapter'
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common'
import { type ReflectableDecorator, Reflector } from '@nestjs/core'
import type { PlatformAuth, PlatformGuard } from './platform-auth.js'

/** What a decorator asks of a route. */
export interface Asked {
  readonly required: boolean
  readonly options: SessionGuardOptions
}

/** Says on a controller or method what its guard asks. */
export const Asks: ReflectableDecorator<Asked> = Reflector.createDecorator<Asked>({ key: 'latchkey:asked' })

/** Says on a controller or method that its requests must not come from another site. */
export const AsksOrigin: ReflectableDecorator<true> = Reflector.createDecorator<true>({ key: 'latchkey:same-origin' })

/** The token under which the module provides the platform's guards. */
export const platformAuth: unique symbol = Symbol('latchkey.platformAuth')

/** The platform's guard for what is asked. */
export function guardOf(auth: PlatformAuth, { required, options }: Asked): PlatformGuard {
  return required ? auth.requireAuth(options) : auth.optionalAuth(options)
}

// Here and not in the module: a parameter's decorator knows the request and nothing else.
const identities = new WeakMap<object, Auth<object> | null>()

/** Gives who is calling, as the guard has found. Undefined where no guard ran. */
export function storedAuth(request: object): StoredAuth<object> {
  return identities.get(request)
}

const everyone: Asked = { required: true, options: {} }

/**
 * Guards a route as `@RequireAuth()` or `@OptionalAuth()` say; what the method says replaces what its controller says. As guard of the
 * whole app (`APP_GUARD`) it wants a good token where neither says anything.
 */
export class LatchkeyGuard implements CanActivate {
  readonly #auth: PlatformAuth
  readonly #reflector: Reflector
  readonly #guards = new WeakMap<Asked, PlatformGuard>()

  constructor(auth: PlatformAuth, reflector: Reflector) {
    this.#auth = auth
    this.#reflector = reflector
  }

  /**
   * Gives true where the request may pass. Else the platform's guard has answered it, with the same bytes as without Nest, and
   * the promise stays open: Nest would answer a second time to false.
   *
   * @throws ConfigError for what is no HTTP request, and what the app's own `check` throws (as rejections)
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') {
      throw new ConfigError(
        'The decorators guard HTTP routes. For a gateway give verifyClient of gatewayAuth to @WebSocketGateway.',
      )
    }
    const http = context.switchToHttp()
    const [request, response] = [http.getRequest<never>(), http.getResponse<never>()]
    const pass = (guard: PlatformGuard): Promise<void> =>
      new Promise((resolve, reject) =>
        guard(request, response, (error) => (error === undefined ? resolve() : reject(error))),
      )

    // The method's word before the controller's.
    const places = [context.getHandler(), context.getClass()]
    const asked: Asked | undefined = this.#reflector.getAllAndOverride(Asks, places)
    const asksOrigin: true | undefined = this.#reflector.getAllAndOverride(AsksOrigin, places)
    if (asksOrigin) await pass(this.#auth.requireSameOrigin())
    if (asksOrigin && asked === undefined) return true
    await pass(this.#guardOf(asked ?? everyone))
    identities.set(request, this.#auth.getOptionalAuth(request))
    return true
  }

  #guardOf(asked: Asked): PlatformGuard {
    const known = this.#guards.get(asked)
    if (known !== undefined) return known
    const guard = guardOf(this.#auth, asked)
    this.#guards.set(asked, guard)
    return guard
  }
}

// Called as functions, so that no user's compiler needs an option for decorators.
Injectable()(LatchkeyGuard)
Inject(platformAuth)(LatchkeyGuard, undefined, 0)
Inject(Reflector)(LatchkeyGuard, undefined, 1)
