import { type Auth, ConfigError } from '@latchkey/core'
import type { SessionGuardOptions, StoredAuth } from '@latchkey/core/adapter'
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common'
import { type ReflectableDecorator, Reflector } from '@nestjs/core'
import type { PlatformAuth, PlatformGuard } from './platform-auth.js'

/** What a decorator requires of a route's requests. */
export interface Asked {
  readonly required: boolean
  readonly options: SessionGuardOptions
}

/** Stores on a controller or method what its guard requires. */
export const Asks: ReflectableDecorator<Asked> = Reflector.createDecorator<Asked>({ key: 'latchkey:asked' })

/** Stores on a controller or method that its requests must not come from a page of another origin. */
export const AsksOrigin: ReflectableDecorator<true> = Reflector.createDecorator<true>({ key: 'latchkey:same-origin' })

/** The token under which the module provides the platform's guards. */
export const platformAuth: unique symbol = Symbol('latchkey.platformAuth')

/** Makes the platform's guard for what a decorator requires. */
export function guardOf(auth: PlatformAuth, { required, options }: Asked): PlatformGuard {
  return required ? auth.requireAuth(options) : auth.optionalAuth(options)
}

// Not in the module, because a parameter decorator has access to the request only.
const identities = new WeakMap<object, Auth<object> | null>()

/** Gives who is calling, as the guard has found; undefined if no guard ran. */
export function storedAuth(request: object): StoredAuth<object> {
  return identities.get(request)
}

const everyone: Asked = { required: true, options: {} }

/**
 * Guards a route as `@RequireAuth()` or `@OptionalAuth()` says; a decorator of the method replaces that of the controller. As the
 * guard of the whole app (`APP_GUARD`) it requires a good token on routes without a decorator.
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
   * Gives true if the request may pass. Otherwise the platform's guard answers it, with the same bytes as without Nest, and the
   * promise stays pending, because Nest would answer again if it got false.
   *
   * @throws ConfigError if this is not an HTTP request, or what the app's own `check` throws, as rejections
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

    // The method takes precedence over the controller.
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

// Called as functions, so that an app's compiler needs no option for decorators.
Injectable()(LatchkeyGuard)
Inject(platformAuth)(LatchkeyGuard, undefined, 0)
Inject(Reflector)(LatchkeyGuard, undefined, 1)
