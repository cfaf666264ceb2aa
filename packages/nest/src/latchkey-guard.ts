import { type Auth, ConfigError } from '@latchkey/core'
import type { SessionGuardOptions, StoredAuth } from '@latchkey/core/adapter'
import {
  type CanActivate,
  type CustomDecorator,
  type ExecutionContext,
  Inject,
  Injectable,
  SetMetadata,
} from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import type { PlatformAuth, PlatformGuard } from './platform-auth.js'

/** What a decorator asks of a route. */
export interface Asked {
  readonly required: boolean
  readonly options: SessionGuardOptions
}

/** Under which the module provides the platform's guards. */
export const platformAuth: unique symbol = Symbol('latchkey.platformAuth')

const metadata = 'latchkey:asked'
const originMetadata = 'latchkey:same-origin'

/** Says on a controller or method what its guard asks. */
export function askedOf(asked: Asked): CustomDecorator {
  return SetMetadata(metadata, asked)
}

/** Says on a controller or method that its requests must not come from another site. */
export function sameOrigin(): CustomDecorator {
  return SetMetadata(originMetadata, true)
}

/** What the decorators of a method and its controller say, the method's before the controller's. */
export function saidOn(
  reflector: Reflector,
  places: Parameters<Reflector['getAllAndOverride']>[1],
): { readonly asked: Asked | undefined; readonly sameOrigin: boolean } {
  return {
    asked: reflector.getAllAndOverride<Asked | undefined>(metadata, places),
    sameOrigin: reflector.getAllAndOverride<true | undefined>(originMetadata, places) === true,
  }
}

/** The platform's guard for what is asked. */
export function guardOf(auth: PlatformAuth, { required, options }: Asked): PlatformGuard {
  return required ? auth.requireAuth(options) : auth.optionalAuth(options)
}

// Not by the module: a parameter's decorator knows the request and nothing else.
const identities = new WeakMap<object, Auth<object> | null>()

/** Who is calling, as the guard has found; undefined where none ran. */
export function storedAuth(request: object): StoredAuth<object> {
  return identities.get(request)
}

const everyone: Asked = { required: true, options: {} }

/**
 * Asks what `@RequireAuth()` or `@OptionalAuth()` say, the method's before the controller's. As guard of the whole app
 * (`APP_GUARD`) it wants a good token where neither says anything.
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
   * True where the request may pass. Where it may not, the platform's guard has answered it, with the same bytes as without
   * Nest, and this promise stays open, as middleware that answers never calls `next`: Nest would answer once more to a no.
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

    const { asked, sameOrigin } = saidOn(this.#reflector, [context.getHandler(), context.getClass()])
    if (sameOrigin) await pass(this.#auth.requireSameOrigin())
    if (sameOrigin && asked === undefined) return true
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

// Decorators as functions: so no consumer's compiler needs to be told of them.
Injectable()(LatchkeyGuard)
Inject(platformAuth)(LatchkeyGuard, undefined, 0)
Inject(Reflector)(LatchkeyGuard, undefined, 1)
