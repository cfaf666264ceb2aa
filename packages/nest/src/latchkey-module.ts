import { ConfigError } from '@latchkey/core'
import { refuseUnknownOptions } from '@latchkey/core/adapter'
import { type DynamicModule, Inject, Module, type NestModule } from '@nestjs/common'
import { type MiddlewareBuilder, ModulesContainer } from '@nestjs/core'
import { LatchkeyGuard, type PlatformAuth, type Settings, settings } from './latchkey-guard.js'
import { documentControllers } from './openapi.js'

/** Options of `LatchkeyModule.forRoot`. */
export interface LatchkeyModuleOptions {
  /**
   * Whether the app serves the metadata of the verifier's `resource` (RFC 9728), at `verifier.resourceMetadata.path`. It is
   * served before every route, and not below a global prefix. Default false.
   */
  readonly resourceMetadata?: boolean
}

/** Provides the guard of the decorators, everywhere in the app. */
@Module({})
export class LatchkeyModule implements NestModule {
  readonly #settings: Settings

  constructor(@Inject(settings) given: Settings, @Inject(ModulesContainer) modules: ModulesContainer) {
    this.#settings = given
    documentControllers(given.auth, modules)
  }

  /**
   * Makes the module for the `imports` of the app's module.
   *
   * @param auth what `expressAuth` or `fastifyAuth` returned, for the platform that the app runs on
   * @param options what else the module does
   * @throws ConfigError if `auth` is neither, for an unknown option, and for `resourceMetadata` if the verifier has no `resource`
   */
  static forRoot(auth: PlatformAuth, options: LatchkeyModuleOptions = {}): DynamicModule {
    if (typeof auth?.requireAuth !== 'function') {
      throw new ConfigError('LatchkeyModule.forRoot: give it what expressAuth or fastifyAuth gave.')
    }
    refuseUnknownOptions('LatchkeyModule.forRoot', options, { resourceMetadata: true })
    const { resourceMetadata = false } = options
    if (typeof resourceMetadata !== 'boolean') {
      throw new ConfigError('LatchkeyModule.forRoot: resourceMetadata takes true or false.')
    }
    const metadata = resourceMetadata ? auth.resourceMetadata() : null
    const providers = [LatchkeyGuard, { provide: settings, useValue: { auth, metadata } satisfies Settings }]
    return { module: LatchkeyModule, global: true, providers, exports: providers }
  }

  /**
   * Nest calls this before it adds the routes. Nest's own middleware is not used, because it runs below a global prefix.
   *
   * @throws ConfigError, as a rejection, if the guards are for another platform than the one that the app runs on
   */
  async configure(builder: MiddlewareBuilder): Promise<void> {
    const { auth, metadata } = this.#settings
    const platform = builder.getHttpAdapter().getType()
    const app = builder.getHttpAdapter().getInstance()
    if ((platform === 'fastify') !== (auth.plugin !== undefined)) {
      throw new ConfigError(`LatchkeyModule.forRoot: this app runs on ${platform}; give it what ${platform}Auth gave.`)
    }
    if (metadata !== null && platform === 'fastify') app.addHook('onRequest', metadata)
    else if (metadata !== null) app.use(metadata)
    if (auth.plugin !== undefined) await app.register(auth.plugin)
  }
}
