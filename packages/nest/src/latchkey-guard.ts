import { ConfigError } from '@latchkey/core'
import type { AppAuth, CallbackGuard, GuardUpgrade, SessionGuardOptions } from '@latchkey/core/adapter'
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common'
import { Reflector } from '@nestjs/core'

/** A guard of the platform below Nest. It calls `next` if the request may pass, and otherwise answers the request itself. */
export type PlatformGuard = CallbackGuard<never, never>

/** What `expressAuth` of `@latchkey/express` or `fastifyAuth` of `@latchkey/fastify` returns, for claims of any type. */
export interface PlatformAuth<Claims extends object = object> extends AppAuth<PlatformGuard, never, never, Claims> {
  // Methods, and `never`, so that guards for claims of any type fit.
  requireAuth(options?: SessionGuardOptions<never>): PlatformGuard
  optionalAuth(options?: SessionGuardOptions<never>): PlatformGuard
  /** Fastify's plugin, which the module registers. */
  readonly plugin?: unknown
  /** Guards the upgrades of gateways. */
  readonly upgrade: GuardUpgrade<never, unknown>
}

/** The token under which the module provides the platform's guards. */
export const platform: unique symbol = Symbol('latchkey.platform')

/** What a decorator asks of a route's requests: makes the platform's guard for it. */
export type Ask = (auth: PlatformAuth) => PlatformGuard

/** Keys of the metadata in which a decorator stores its `Ask`: where a request comes from, or who is calling. */
export const keys = { origin: 'latchkey:origin', caller: 'latchkey:caller' } as const

const reflector = new Reflector()

/** Gives what the decorators of a route ask, in the order of the checks. `places`: its method, then its controller. */
export function asksOf(places: Parameters<Reflector['getAllAndOverride']>[1]): Ask[] {
  const asks = [keys.origin, keys.caller].map((key) => reflector.getAllAndOverride<Ask | undefined>(key, places))
  return asks.filter((ask) => ask !== undefined)
}

const anyToken: Ask = (auth) => auth.requireAuth()

/** Whose guards let a request pass, to which call of a route. Kept here, as a parameter decorator sees the request only. */
export const passed: WeakMap<object, Readonly<{ auth: PlatformAuth; context: ExecutionContext }>> = new WeakMap()

/**
 * Guards a route as `@RequireAuth()` or `@OptionalAuth()` says; a decorator of the method replaces that of the controller. As the
 * guard of the whole app (`APP_GUARD`) it requires a good token on routes without a decorator.
 */
@Injectable()
export class LatchkeyGuard implements CanActivate {
  readonly #guards = new WeakMap<Ask, PlatformGuard>()

  constructor(@Inject(platform) private readonly auth: PlatformAuth) {}

  /**
   * Gives true if the request may pass. Otherwise the platform's guard answers it, with the same bytes as without Nest, and the
   * promise stays pending, because Nest would answer again if it got false.
   *
   * @throws ConfigError if this is not an HTTP request, or what the app's own `check` throws, as rejections
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http')
      throw new ConfigError('The decorators guard HTTP routes. A gateway needs verifyClient: gatewayGuard(auth).')
    const [request, response] = context.getArgs<[never, never]>()
    // Nest asks once for each decorator of the method and of its controller, but a proof of possession is good only once.
    if (passed.get(request)?.context === context) return true
    const asks = asksOf([context.getHandler(), context.getClass()])
    for (const ask of asks.length === 0 ? [anyToken] : asks) {
      const guard = this.#guards.get(ask) ?? ask(this.auth)
      this.#guards.set(ask, guard)
      const failure = await new Promise<Error | undefined>((next) => guard(request, response, next))
      if (failure !== undefined) throw failure
    }
    passed.set(request, { auth: this.auth, context })
    return true
  }
}
